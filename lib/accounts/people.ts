import { iso } from "../platform/mod.ts";
import type { User } from "../protocol/mod.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";

/** What the other rooms know of a person. */
export interface Person {
  id: string;
  username: string;
  displayName: string;
  status: "active" | "suspended";
  /** IANA name. */
  timeZone: string;
}

/** Looks people up for the other rooms. Called with every send, so it stands on what the store keeps in memory. */
export class People {
  readonly #store: AccountsStore;

  constructor(store: AccountsStore) {
    this.#store = store;
  }

  /** Those that exist, by username. Names are lower case already. */
  async byUsernames(usernames: readonly string[]): Promise<Map<string, Person>> {
    const people = new Map<string, Person>();
    for (const [name, record] of await this.#store.usersNamed(usernames)) people.set(name, personOf(record));
    return people;
  }

  /** Those that exist, by id. */
  async byIds(userIds: readonly string[]): Promise<Map<string, Person>> {
    const people = new Map<string, Person>();
    for (const [id, record] of await this.#store.users(userIds)) people.set(id, personOf(record));
    return people;
  }

  /** IANA name; UTC for someone who does not exist. */
  async timeZoneOf(userId: string): Promise<string> {
    return (await this.#store.user(userId))?.timeZone ?? "UTC";
  }
}

function personOf({ id, username, displayName, status, timeZone }: UserRecord): Person {
  return { id, username, displayName, status, timeZone };
}

/** The account as it leaves the process: no hash, and the rights that are in force. */
export function userOf(record: UserRecord): User {
  return {
    id: record.id,
    username: record.username,
    displayName: record.displayName,
    role: record.role,
    rights: rightsOf(record),
    createdAt: iso(record.createdAt),
  };
}

/** BR-2: administrators may broadcast without a grant. */
export function rightsOf(record: UserRecord): { broadcast: boolean } {
  return { broadcast: record.role === "admin" || record.rights.broadcast };
}
