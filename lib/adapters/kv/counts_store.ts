import type { CountChange, CountKey, CountRecord, CountStore } from "../../accounts/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import type { Store } from "./store.ts";

/** Counts of login failures and registrations in Deno KV. */
export class KvCounts implements CountStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async change<T>(
    wanted: readonly CountKey[],
    keepMs: number,
    decide: (records: (CountRecord | null)[]) => CountChange<T>,
  ): Promise<T> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entries = await this.#store.kv.getMany<CountRecord[]>(wanted.map(keyOf));
      const { result, write } = decide(entries.map((entry) => entry.value));
      if (write === undefined) return result;
      const sets: { key: KvKey; value: CountRecord; expireIn: number }[] = [];
      const deletes: KvKey[] = [];
      for (const [at, { key }] of entries.entries()) {
        const record = write[at];
        if (record === null || record === undefined) deletes.push(key);
        else sets.push({ key, value: record, expireIn: keepMs });
      }
      const { ok } = await this.#store.committer.commit({ checks: [...entries], sets, deletes });
      if (ok) return result;
    }
    // Nothing fails open: a try that could not be counted is not let through.
    throw new Error("A count could not be written: too many writers at once.");
  }
}

function keyOf({ of, subject }: CountKey): KvKey {
  switch (of) {
    case "registrations":
      return keys.registrations(subject);
    case "challenges":
      return keys.challengesOf(subject);
    case "user":
    case "address":
    case "device":
    case "session":
      return keys.loginFailures(of, subject);
    case "requests":
    case "invitations":
      return keys.approaches(of, subject);
    default:
      return of satisfies never;
  }
}
