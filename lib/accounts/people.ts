import { iso } from "../platform/mod.ts";
import { Refusal, type User } from "../protocol/mod.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";

/** What the other rooms know of a person. */
export interface Person {
  id: string;
  username: string;
  displayName: string;
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

function personOf({ id, username, displayName, timeZone }: UserRecord): Person {
  return { id, username, displayName, timeZone };
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

/** The suspension that holds at a time, or null: one with an end is over by itself (MO-2). */
export function suspensionOf(
  { status, suspension }: UserRecord,
  now: number,
): { reason: string; until: number | null } | null {
  if (status === "active") return null;
  if (suspension === undefined) return { reason: "", until: null };
  return suspension.until === null || now < suspension.until ? suspension : null;
}

/** What a suspended person is told. */
export function suspendedRefusal({ reason, until }: { reason: string; until: number | null }): Refusal {
  const end = until === null ? "" : ` until ${iso(until)}`;
  const why = reason === "" ? "" : ` The reason: ${reason}`;
  return new Refusal("forbidden", `This account is suspended${end}.${why}`);
}
