import type { AuditEntry, OwedNotice } from "../platform/mod.ts";
import type { Agent, Hook, Role, TokenScope, WebhookBody } from "../protocol/mod.ts";

/** A suspension. `until` in milliseconds since 1970; null: indefinitely. */
export interface Suspension {
  readonly reason: string;
  readonly until: number | null;
}

/** An account as it is stored. Times in milliseconds since 1970. */
export interface UserRecord {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** Granted rights; administrators have `broadcast` without a grant. */
  readonly rights: { readonly broadcast: boolean };
  /** The stored status; `suspensionOf` says whether it is in force. */
  readonly status: "active" | "suspended";
  /** Set with the status `suspended`. */
  readonly suspension?: Suspension & {
    /** The incident whose review it waits for (SC-5), and the suspension before that, for accounts without sanction records. */
    readonly incident?: { readonly id: string; readonly before: Suspension | null };
  };
  /** IANA name. */
  readonly timeZone: string;
  /** For its form see `passwords.ts`. */
  readonly passwordHash: string;
  /** When the person last set a new password; unset until then. */
  readonly passwordChangedAt?: number;
  readonly createdAt: number;
  /** When the person stated that they are 18 or older (AU-1); null for accounts made by the server. */
  readonly adultStatedAt: number | null;
  /** True for a demo person, who can log in only in evaluation mode. */
  readonly demo: boolean;
  /** Set during the removal of the account (AU-9), which is then gone for everyone. */
  readonly removedAt?: number;
}

/** Record of a login. It makes the token valid (AU-3). */
export interface SessionRecord {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** End of the record: of its last token, or of its renewal. */
  readonly expiresAt: number;
  /** What the client said of itself; unset where it said nothing that is known. */
  readonly agent?: Agent;
  /** IANA name; unset unless the browser told it. */
  readonly timeZone?: string;
  /** When the person last proved who they are (AU-13); unset in records of earlier versions. */
  readonly provenAt?: number;
  /** Set when the person wanted to stay logged in on this device. */
  readonly renewal?: RenewalRecord;
  /** Set for an access token (AU-11): what it is called and may do, and the hash of its secret. With `hook` it does nothing else. */
  readonly access?: {
    readonly name: string;
    readonly scopes: readonly TokenScope[];
    readonly hash: string;
    readonly hook?: Hook;
    readonly webhook?: WebhookRecord;
  };
}

/** Where a token's program is told of answers. `secret`: 32 bytes, base64, which sign. `last` null: nothing was sent yet. */
export interface WebhookRecord extends WebhookBody {
  readonly secret: string;
  readonly last: { readonly at: number; readonly sent: boolean; readonly status: number | null } | null;
  /** The receiver wants no more. */
  readonly ended?: true;
}

/** What renews a session (AU-13). Hashes of credentials; times in milliseconds since 1970. */
export interface RenewalRecord {
  /** The credential that the device is known to have. */
  readonly current: string;
  /** Credentials given out for it since, oldest first. The first that is used replaces `current`, and the others are spent. */
  readonly next: readonly { readonly hash: string; readonly at: number }[];
  /** End of the last token. */
  readonly tokenEndsAt: number;
}

/** A session that ended because a spent credential was used (AU-13). `id`: of the session. */
export interface MisuseRecord {
  readonly id: string;
  readonly device: string;
  readonly agent?: Agent;
  readonly address: string;
  readonly at: number;
  readonly expiresAt: number;
}

/** Two hashes. `changedAt` in milliseconds since 1970. */
export interface NewPassword {
  readonly from: string;
  readonly to: string;
  readonly changedAt: number;
}

export interface TicketRecord {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Accounts, sessions and tickets. Never returns expired records, or accounts during their removal. */
export interface AccountsStore {
  /** False when the username is taken. */
  addUser(user: UserRecord): Promise<boolean>;
  user(userId: string): Promise<UserRecord | null>;
  userNamed(username: string): Promise<UserRecord | null>;
  /** Returns the accounts that exist, by id. */
  users(userIds: readonly string[]): Promise<Map<string, UserRecord>>;
  /** Returns the accounts that exist, by username. */
  usersNamed(usernames: readonly string[]): Promise<Map<string, UserRecord>>;
  /** Sets another hash of the same password. False when the hash is no longer `from`, or the account is gone. */
  replaceHash(userId: string, from: string, to: string): Promise<boolean>;

  /** False when the password has changed since `passwordHash`. The entry, of a login of staff, is written with it (MO-3). */
  addSession(session: SessionRecord, passwordHash: string, auditEntry?: AuditEntry): Promise<boolean>;
  session(sessionId: string): Promise<SessionRecord | null>;
  /** Returns sessions, newest first. */
  sessionsOf(userId: string): Promise<SessionRecord[]>;
  /** Sets `lastSeenAt`, unless the session has ended. */
  sessionSeen(sessionId: string, at: number): Promise<void>;
  /**
   * Reads the session and writes what `decide` returns; calls it again when another writer was faster. Null, from the store or
   * from `decide`, writes nothing.
   */
  changeSession(
    sessionId: string,
    decide: (session: SessionRecord) => Promise<SessionRecord | null> | SessionRecord | null,
  ): Promise<SessionRecord | null>;
  endSessions(userId: string, sessionIds: readonly string[]): Promise<void>;
  /**
   * Writes the session that `decide` returns in the place of this one, ends `others`, and sets the new password where there is
   * one, in one commit. `over`: the session or its account is gone. `changed`: the password is no longer `from`.
   */
  replaceSession(
    sessionId: string,
    others: readonly string[],
    decide: (session: SessionRecord) => SessionRecord,
    password?: NewPassword,
  ): Promise<SessionRecord | "over" | "changed">;
  /** Whether another session took the place of this one within the last minute. */
  wasReplaced(sessionId: string): Promise<boolean>;

  addTicket(hash: string, ticket: TicketRecord): Promise<void>;
  /** Returns the ticket and deletes it: only one caller gets it. */
  takeTicket(hash: string): Promise<TicketRecord | null>;

  adminMade(): Promise<boolean>;
  /**
   * Makes the first administrator and uses up the setup token if its hash is given. `taken`: the username exists. `over`: an
   * administrator exists, or the token is wrong.
   */
  addFirstAdmin(
    user: UserRecord,
    setupHash: string | null,
    auditEntry?: AuditEntry,
  ): Promise<"made" | "taken" | "over">;
  setSetupHash(hash: string): Promise<void>;
  setupHash(): Promise<string | null>;

  demoPassword(): Promise<string | null>;
  /** Null deletes it. */
  setDemoPassword(password: string | null): Promise<void>;
}

/** Notes of misused sessions, for their person (AU-13). Never returns expired ones. */
export interface MisuseStore {
  /** Ends the session and keeps the note, in one commit. */
  end(userId: string, misuse: MisuseRecord): Promise<void>;
  /** Returns the latest notes, newest first. */
  of(userId: string): Promise<MisuseRecord[]>;
  /** False when there is no such note. */
  forget(userId: string, sessionId: string): Promise<boolean>;
}

/** Sessions of access tokens (AU-11). They are not in `sessionsOf`; `session` and `endSessions` know them. */
export interface AccessTokenStore {
  /** False when the person has `most` already, or is gone. `"over"`: the session that makes it has ended meanwhile. */
  add(session: SessionRecord, most: number, by: string): Promise<boolean | "over">;
  /** Returns them newest first. */
  of(userId: string): Promise<SessionRecord[]>;
  end(userId: string, sessionId: string): Promise<void>;
  /** Writes what came of the last message to the token's webhook; nothing if the token has ended. */
  noteWebhook(sessionId: string, note: Pick<WebhookRecord, "last" | "ended">): Promise<void>;
}

/** Subject of a count: login failures of a name, address, known device or session, or registrations and challenges of an address. */
export interface CountKey {
  of: "user" | "address" | "device" | "session" | "registrations" | "challenges" | "requests" | "invitations";
  subject: string;
}

/** A count over a moving window (AU-4, WS-9). Times in milliseconds since 1970. */
export interface CountRecord {
  /** Times of the counted events. */
  readonly times: readonly number[];
  /** Everything is refused before this time. */
  readonly blockedUntil: number;
  /** Number of times that the wait was lengthened. */
  readonly level: number;
  /** Time of the last attempt, allowed or not. */
  readonly lastAt: number;
}

/** Change of each record that was read: keep it, delete it (null), or write another. */
export interface CountChange<T> {
  result: T;
  write?: readonly (CountRecord | null)[];
}

/** Counts that survive a restart. */
export interface CountStore {
  /** Reads the records, calls `decide` and writes all changes or none; calls `decide` again when another writer was faster. */
  change<T>(
    keys: readonly CountKey[],
    keepMs: number,
    decide: (records: (CountRecord | null)[]) => CountChange<T>,
  ): Promise<T>;
}

/** One side of a pair: the other's relation to this person. */
export interface ContactRecord {
  readonly otherId: string;
  readonly relation: "contact" | "incoming" | "outgoing";
  readonly note: string | null;
  readonly createdAt: number;
}

/** Both sides as read; `write` fails when either has changed since. */
export interface ContactPair {
  readonly mine: ContactRecord | null;
  readonly theirs: ContactRecord | null;
  /**
   * Writes both sides, and the notices that it owes, in one commit; null removes. False when either side changed since it was
   * read.
   */
  write(
    mine: ContactRecord | null,
    theirs: ContactRecord | null,
    owed?: readonly OwedNotice<unknown>[],
  ): Promise<boolean>;
}

export interface ContactsStore {
  pair(userId: string, otherId: string): Promise<ContactPair>;
  /** Returns all of a person's sides. */
  of(userId: string): Promise<ContactRecord[]>;
  /** Returns those of `otherIds` who are contacts of `userId`. */
  contactsAmong(userId: string, otherIds: readonly string[]): Promise<Set<string>>;
}

/** A person's profile, apart from the fields of the account. */
export interface ProfileRecord {
  readonly bio: string;
  readonly pronouns: string;
  /** A BCP 47 tag; empty until the person chooses a language. */
  readonly language: string;
  /** File id of the picture (AU-8). */
  readonly avatar?: string;
}

/** A file that becomes a profile's picture (FI-7). `version` makes the write fail if the file changed. */
export interface AvatarUse {
  readonly fileId: string;
  readonly version: string;
}

export interface ProfileStore {
  /** Null until the person changes something. */
  profile(userId: string): Promise<ProfileRecord | null>;
  /**
   * Writes account and profile in one commit; calls `change` again when another writer was faster. With `avatar` it also
   * records the file's use, and ends the use of the old picture. Null when there is no account; `file_changed` when the file
   * changed.
   */
  changeProfile(
    userId: string,
    change: (
      user: UserRecord,
      profile: ProfileRecord | null,
    ) => { user: UserRecord; profile: ProfileRecord },
    avatar?: AvatarUse,
  ): Promise<{ user: UserRecord; profile: ProfileRecord } | "file_changed" | null>;
  /** Returns the pictures of the people who have one, by user id. */
  avatarsOf(userIds: readonly string[]): Promise<Map<string, string>>;
}
