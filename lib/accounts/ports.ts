import type { Role } from "../protocol/mod.ts";

/** An account as it is stored. Times in milliseconds since 1970. */
export interface UserRecord {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** What was granted; administrators have `broadcast` without it. */
  readonly rights: { readonly broadcast: boolean };
  readonly status: "active" | "suspended";
  /** IANA name. */
  readonly timeZone: string;
  /** See `passwords.ts` for its form. */
  readonly passwordHash: string;
  readonly createdAt: number;
  /** When the person stated to be 18 or older (AU-1); null for people that the server made itself. */
  readonly adultStatedAt: number | null;
  /** One of the demo people: cannot log in outside evaluation mode. */
  readonly demo: boolean;
}

/** One login. It is what makes a token valid (AU-3). */
export interface SessionRecord {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

export interface TicketRecord {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Accounts, sessions and tickets. Nothing that has expired is ever returned. */
export interface AccountsStore {
  /** False when the username is taken. */
  addUser(user: UserRecord): Promise<boolean>;
  user(userId: string): Promise<UserRecord | null>;
  userNamed(username: string): Promise<UserRecord | null>;
  /** Those that exist, by id. */
  users(userIds: readonly string[]): Promise<Map<string, UserRecord>>;
  /** Those that exist, by username. */
  usersNamed(usernames: readonly string[]): Promise<Map<string, UserRecord>>;
  /** Sets a new hash and ends sessions in one step. False when the hash is no longer `from`, or there is no such person. */
  replacePassword(
    userId: string,
    from: string,
    to: string,
    endSessions: readonly string[],
  ): Promise<boolean>;

  /** False when the password is no longer the one that `passwordHash` stands for. */
  addSession(session: SessionRecord, passwordHash: string): Promise<boolean>;
  session(sessionId: string): Promise<SessionRecord | null>;
  /** Newest first. */
  sessionsOf(userId: string): Promise<SessionRecord[]>;
  /** Sets `lastSeenAt`, unless the session has ended meanwhile. */
  sessionSeen(sessionId: string, at: number): Promise<void>;
  endSessions(userId: string, sessionIds: readonly string[]): Promise<void>;

  addTicket(hash: string, ticket: TicketRecord): Promise<void>;
  /** The ticket, for one caller only: it is gone afterwards. */
  takeTicket(hash: string): Promise<TicketRecord | null>;

  adminMade(): Promise<boolean>;
  /**
   * Makes the first administrator, and uses up the setup token where its hash is given.
   * `taken`: the username is. `over`: there is an administrator already, or the token is not this one.
   */
  addFirstAdmin(user: UserRecord, setupHash: string | null): Promise<"made" | "taken" | "over">;
  setSetupHash(hash: string): Promise<void>;
  setupHash(): Promise<string | null>;

  demoPassword(): Promise<string | null>;
  /** Null forgets it. */
  setDemoPassword(password: string | null): Promise<void>;
}

/** What is counted: login failures of a name or an address, registrations of an address. */
export interface CountKey {
  of: "user" | "address" | "registrations";
  subject: string;
}

/** A count over a moving window (AU-4, WS-9). Times in milliseconds since 1970. */
export interface CountRecord {
  /** When each counted thing was. */
  readonly times: readonly number[];
  /** Nothing is let through before this time. */
  readonly blockedUntil: number;
  /** How often the wait was made longer. */
  readonly level: number;
  /** The last try, let through or not. */
  readonly lastAt: number;
}

/** What to do with each record that was read: keep it, forget it (null), or write another. */
export interface CountChange<T> {
  result: T;
  write?: readonly (CountRecord | null)[];
}

/** Counts that a restart does not forget. */
export interface CountStore {
  /** Reads, lets `decide` choose and writes all or nothing; `decide` runs again when another writer was faster. */
  change<T>(
    keys: readonly CountKey[],
    keepMs: number,
    decide: (records: (CountRecord | null)[]) => CountChange<T>,
  ): Promise<T>;
}

/** One side of a pair: what the other is to this person. */
export interface ContactRecord {
  readonly otherId: string;
  readonly relation: "contact" | "incoming" | "outgoing";
  readonly note: string | null;
  readonly createdAt: number;
}

/** Both sides as they were read; `write` fails when either has changed since. */
export interface ContactPair {
  readonly mine: ContactRecord | null;
  readonly theirs: ContactRecord | null;
  /** Writes both sides at once, null removes. False when either side changed since it was read. */
  write(mine: ContactRecord | null, theirs: ContactRecord | null): Promise<boolean>;
}

export interface ContactsStore {
  pair(userId: string, otherId: string): Promise<ContactPair>;
  /** All of a person's sides. */
  of(userId: string): Promise<ContactRecord[]>;
  /** Which of `otherIds` are contacts of `userId`. */
  contactsAmong(userId: string, otherIds: readonly string[]): Promise<Set<string>>;
}
