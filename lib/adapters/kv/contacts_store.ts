import type { ContactPair, ContactRecord, ContactsStore } from "../../accounts/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { owedSet } from "./notices_store.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

/** Maximum number of one person's records: contacts, and open requests in both directions. */
const mostOfOne = limits.contacts + 2 * limits.contactRequestsOpen;

/** Contacts in Deno KV: one record for each side. Every send asks for contacts, so they are kept in memory. */
export class KvContacts implements ContactsStore {
  readonly #store: Store;
  readonly #known: Remembered<boolean>;

  constructor(store: Store) {
    this.#store = store;
    this.#known = new Remembered(store.exclusive ? limits.relationsCached : 0);
  }

  async pair(userId: string, otherId: string): Promise<ContactPair> {
    const [mine, theirs] = await this.#store.kv.getMany<[ContactRecord, ContactRecord]>([
      keys.contact(userId, otherId),
      keys.contact(otherId, userId),
    ]);
    return {
      mine: mine.value,
      theirs: theirs.value,
      write: async (myNext, theirNext, owed = []) => {
        const sides = [[mine.key, myNext], [theirs.key, theirNext]] as const;
        const { ok } = await this.#store.committer.commit({
          checks: [mine, theirs],
          sets: [
            ...sides.flatMap(([key, value]) => value === null ? [] : [{ key, value }]),
            ...owed.map(owedSet),
          ],
          deletes: sides.flatMap(([key, value]) => value === null ? [key] : []),
          // A note can be longer than the committer's estimate for a value.
          valueBytes: 16 * 1024,
        });
        this.#known.forget(nameOf(userId, otherId));
        this.#known.forget(nameOf(otherId, userId));
        return ok;
      },
    };
  }

  async of(userId: string): Promise<ContactRecord[]> {
    const records: ContactRecord[] = [];
    const all = this.#store.kv.list<ContactRecord>({ prefix: keys.contactsOf(userId) }, { limit: mostOfOne });
    for await (const { value } of all) records.push(value);
    return records;
  }

  async contactsAmong(userId: string, otherIds: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    const missing: string[] = [];
    for (const otherId of otherIds) {
      const known = this.#known.get(nameOf(userId, otherId));
      if (known === undefined) missing.push(otherId);
      else if (known) found.add(otherId);
    }
    if (missing.length === 0) return found;
    const moment = this.#known.moment;
    const wanted = missing.map((otherId) => keys.contact(userId, otherId));
    const values = await getValues<ContactRecord>(this.#store.kv, wanted);
    for (const [at, otherId] of missing.entries()) {
      const isContact = values[at]?.relation === "contact";
      if (isContact) found.add(otherId);
      this.#known.keep(nameOf(userId, otherId), isContact, moment);
    }
    return found;
  }
}

function nameOf(userId: string, otherId: string): string {
  return `${userId} ${otherId}`;
}
