import type { Write } from "./committer.ts";
import type { KvKey } from "./port.ts";

type Shared = NonNullable<Write["shared"]>;

/**
 * Jobs that many commands share, so that only the first of them writes one: those of the last commit that had any are known to be
 * in the store. They are due in a day at the earliest, and a run of them calls `forget`.
 */
export class SharedJobs {
  #known = new Set<string>();

  /** Those that are not known to be written. Pass the result to `written` after the commit. */
  left(jobs: Shared = []): Shared {
    return jobs.filter(({ key }) => !this.#known.has(nameOf(key)));
  }

  written(jobs: Shared): void {
    if (jobs.length > 0) this.#known = new Set(jobs.map(({ key }) => nameOf(key)));
  }

  forget(): void {
    this.#known.clear();
  }
}

function nameOf(key: KvKey): string {
  return key.join(" ");
}
