import { type Clock, iso } from "../platform/mod.ts";
import { type Message, Refusal, rightsInForce, say, type User } from "../protocol/mod.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";

/** A person, as other rooms see them. */
export interface Person {
  id: string;
  username: string;
  displayName: string;
  /** IANA name. */
  timeZone: string;
}

/** Looks people up for the other rooms. Every send calls it, so it uses the store's memory. */
export class People {
  readonly #store: AccountsStore;
  readonly #clock: Clock;

  constructor(store: AccountsStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Returns the people who exist, by username. Names must be lower case. */
  async byUsernames(usernames: readonly string[]): Promise<Map<string, Person>> {
    const people = new Map<string, Person>();
    for (const [name, record] of await this.#store.usersNamed(usernames)) people.set(name, personOf(record));
    return people;
  }

  /** Returns the people who exist, by id. */
  async byIds(userIds: readonly string[]): Promise<Map<string, Person>> {
    const people = new Map<string, Person>();
    for (const [id, record] of await this.#store.users(userIds)) people.set(id, personOf(record));
    return people;
  }

  /** Whether the account exists, is not being deleted and not suspended. */
  async isActive(userId: string): Promise<boolean> {
    const user = await this.#store.user(userId);
    return user !== null && user.removedAt === undefined && suspensionOf(user, this.#clock.now()) === null;
  }

  /** IANA name of the person's time zone; UTC for an unknown person. */
  async timeZoneOf(userId: string): Promise<string> {
    return (await this.#store.user(userId))?.timeZone ?? "UTC";
  }
}

function personOf({ id, username, displayName, timeZone }: UserRecord): Person {
  return { id, username, displayName, timeZone };
}

/** Returns the account for the API: without the hash, with the rights in force. */
export function userOf(record: UserRecord): User {
  return {
    id: record.id,
    username: record.username,
    displayName: record.displayName,
    role: record.role,
    rights: rightsInForce(record),
    createdAt: iso(record.createdAt),
  };
}

/** A suspension in force. `review`: it ends with the review of an incident (SC-5). */
export interface SuspensionInForce {
  reason: string;
  until: number | null;
  review?: true;
}

/** Returns the suspension in force at a time, or null. One with an end expires (MO-2). */
export function suspensionOf({ status, suspension }: UserRecord, now: number): SuspensionInForce | null {
  if (status === "active") return null;
  if (suspension === undefined) return { reason: "", until: null };
  const { reason, until, incident } = suspension;
  if (until !== null && now >= until) return null;
  return { reason, until, ...(incident === undefined ? {} : { review: true }) };
}

/** Returns the refusal for a suspended person. */
export function suspendedRefusal(suspension: SuspensionInForce): Refusal {
  return new Refusal("forbidden", suspended(suspension));
}

function suspended({ reason, until, review }: SuspensionInForce): Message {
  // The record's own text is English; the message is in the reader's language.
  if (review === true) return "suspended.review";
  if (until === null) return reason === "" ? "suspended" : say("suspended.why", { reason });
  const time = iso(until);
  return reason === "" ? say("suspended.until", { time }) : say("suspended.untilWhy", { time, reason });
}
