import type { Clock, Log, Timer } from "../../platform/mod.ts";
import { keys } from "./keys.ts";

/** How often the store is asked for what is due. */
const pollMs = 500;
/** Jobs that run at once; a long one keeps nobody waiting but for its place. */
const concurrency = 16;
/** Jobs taken from the store in one look. */
const batch = 256;
/** A lease outlives its job's longest run; a crashed owner's work is taken over after it. */
const leaseMs = 60_000;
/** Waits after a failure: 1 s, doubling, at most 5 min. */
const retryBaseMs = 1000;
const retryMaxMs = 5 * 60_000;

interface Lease {
  owner: string;
  untilMs: number;
}

/**
 * Runs the records `["job", dueAt, id]` when they are due: by a timer of our own, each under a lease so that two instances
 * never run one at once, begun in the order in which they are due, and removed only after its handler resolved. A handler may see a job twice after a crash.
 */
export class JobRunner<Job> {
  readonly #kv: Deno.Kv;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #run: (job: Job) => Promise<void>;
  readonly #exclusive: boolean;
  readonly #owner = crypto.randomUUID();
  readonly #failures = new Map<string, { count: number; notBeforeMs: number }>();
  /** What runs, by its job's name. */
  readonly #running = new Map<string, Promise<void>>();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #leasing: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `exclusive`: no other process has the store, so that the lease of another owner is one that died. */
  constructor(parts: {
    kv: Deno.Kv;
    clock: Clock;
    log: Log;
    run: (job: Job) => Promise<void>;
    exclusive?: boolean;
  }) {
    this.#exclusive = parts.exclusive ?? false;
    this.#kv = parts.kv;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#run = parts.run;
  }

  start(): void {
    this.#schedule();
  }

  /** Runs everything that is due now; resolves when that is done. */
  async runDue(): Promise<void> {
    await this.#begin();
    await Promise.all(this.#running.values());
  }

  /** Begins everything that is due now; resolves when all of it was begun. */
  async #begin(): Promise<void> {
    // A failed look is its own caller's to hear of.
    while (this.#looking !== undefined) await this.#looking.catch(() => undefined);
    this.#looking = this.#look();
    try {
      await this.#looking;
    } finally {
      this.#looking = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking?.catch(() => undefined);
    await Promise.all(this.#running.values());
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = this.#clock.after(pollMs, () => {
      this.#begin().catch((error) => this.#log.error("jobs.failed", { error })).finally(() =>
        this.#schedule()
      );
    });
  }

  async #look(): Promise<void> {
    while (!this.#closed) {
      const due = await this.#due();
      if (due.length === 0) return;
      for (const entry of due) {
        while (this.#running.size >= concurrency) await Promise.race(this.#running.values());
        if (this.#closed) return;
        const name = nameOf(entry.key);
        const working = this.#work(name, entry)
          .catch((error) => this.#log.error("jobs.failed", { error }))
          .finally(() => this.#running.delete(name));
        this.#running.set(name, working);
      }
      if (due.length < batch) return;
    }
  }

  /** What is due, does not run yet and does not wait after a failure. */
  async #due(): Promise<Deno.KvEntry<Job>[]> {
    const now = this.#clock.now();
    const prefix = keys.jobs();
    const due: Deno.KvEntry<Job>[] = [];
    // Numbers sort as numbers: the end is the first key that is not due yet.
    const selector = { start: [...prefix, 0], end: [...prefix, now + 1] } as const;
    for await (const entry of this.#kv.list<Job>(selector)) {
      const name = nameOf(entry.key);
      if (this.#running.has(name)) continue;
      if ((this.#failures.get(name)?.notBeforeMs ?? 0) <= now) due.push(entry);
      if (due.length === batch) break;
    }
    return due;
  }

  /** Rejects when the store does: the job is still there then. */
  async #work(name: string, entry: Deno.KvEntry<Job>): Promise<void> {
    // One lease after another, so that jobs begin in the order in which they are due.
    const leased = this.#leasing.then(() => this.#lease(name, entry));
    this.#leasing = leased.catch(() => undefined);
    if (!await leased) return;
    try {
      await this.#run(entry.value);
      // Only this very record: what was written again meanwhile is due again.
      await this.#kv.atomic().check(entry).delete(entry.key).delete(keys.lease(name)).commit();
      this.#failures.delete(name);
    } catch (error) {
      const count = (this.#failures.get(name)?.count ?? 0) + 1;
      const waitMs = Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(count - 1, 20));
      this.#failures.set(name, { count, notBeforeMs: this.#clock.now() + waitMs });
      await this.#kv.delete(keys.lease(name));
      this.#log.error("job.failed", { job: name, count, retryInMs: waitMs, error: error as Error });
    }
  }

  /** False when somebody else has it, or has finished it since it was listed. */
  async #lease(name: string, entry: Deno.KvEntry<Job>): Promise<boolean> {
    const key = keys.lease(name);
    const held = await this.#kv.get<Lease>(key);
    const now = this.#clock.now();
    const isOthers = held.value !== null && held.value.owner !== this.#owner && held.value.untilMs > now;
    if (isOthers && !this.#exclusive) return false;
    const lease: Lease = { owner: this.#owner, untilMs: now + leaseMs };
    return (await this.#kv.atomic().check(held, entry).set(key, lease, { expireIn: leaseMs }).commit()).ok;
  }
}

function nameOf(key: Deno.KvKey): string {
  return key.slice(1).join("/");
}
