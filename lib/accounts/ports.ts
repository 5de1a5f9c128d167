import type { AuditEntry } from "../platform/mod.ts";
import type { GroupRole, Refusal, Role } from "../protocol/mod.ts";

/** What was imposed on an account, and until when (ms since 1970; null: without an end). */
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
  /** What was granted; administrators have `broadcast` without it. */
  readonly rights: { readonly broadcast: boolean };
  /** What was imposed; `suspensionOf` says whether it still holds. */
  readonly status: "active" | "suspended";
  /** Why and until when (ms since 1970, null: without an end); with `status` suspended. */
  readonly suspension?: Suspension & {
    /** Of the incident whose review it waits for (SC-5), with what was imposed before. */
    readonly incident?: { readonly id: string; readonly before: Suspension | null };
  };
  /** IANA name. */
  readonly timeZone: string;
  /** See `passwords.ts` for its form. */
  readonly passwordHash: string;
  readonly createdAt: number;
  /** When the person stated to be 18 or older (AU-1); null for people that the server made itself. */
  readonly adultStatedAt: number | null;
  /** One of the demo people: cannot log in outside evaluation mode. */
  readonly demo: boolean;
  /** Set while the account is being removed (AU-9): to everybody it is gone. */
  readonly removedAt?: number;
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

/** Accounts, sessions and tickets. Nothing that has expired is ever returned, and nobody who is being removed. */
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

/** What is counted: login failures of a name or an address, registrations and challenges of an address. */
export interface CountKey {
  of: "user" | "address" | "registrations" | "challenges";
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

/** A group as it is stored. Every change of a membership writes it anew, so that a check of it covers them all. */
export interface GroupRecord {
  readonly name: string;
  readonly title: string;
  readonly createdAt: number;
  /** Those who accepted. */
  readonly accepted: number;
  /** All, with the invitations. */
  readonly entries: number;
}

/** A membership, or an invitation while `since` is null. */
export interface MemberRecord {
  readonly group: string;
  readonly userId: string;
  readonly role: GroupRole;
  /** When it was accepted, in ms since 1970. */
  readonly since: number | null;
  readonly invitedAt: number;
}

/** An accepted membership as other rooms ask for it. `since` in ms since 1970. */
export interface Membership {
  readonly role: GroupRole;
  readonly since: number;
}

/** By the name of the group, or by the id of the member. */
export type Memberships = ReadonlyMap<string, Membership>;

/** A group, what the person is to it, and what the one who acts is to it, as they were read together. */
export interface MembershipPlace {
  readonly group: GroupRecord;
  readonly member: MemberRecord | null;
  readonly actor: MemberRecord | null;
}

export interface GroupsStore {
  /** `full`: there are `most` groups. */
  add(group: GroupRecord, most: number, auditEntry: AuditEntry): Promise<"added" | "taken" | "full">;
  /** Those that exist, by name. */
  groups(names: readonly string[]): Promise<Map<string, GroupRecord>>;
  /** By name. */
  allGroups(): Promise<GroupRecord[]>;
  /**
   * Reads, lets `decide` choose and writes both directions, the counts and the audit entry as one; `decide` runs again when
   * another writer was faster. `member` null removes; a `null` decision changes nothing. Null when there is no such group.
   */
  change(
    name: string,
    who: { userId: string; actorId: string },
    decide: (
      place: MembershipPlace,
    ) => Promise<{ member: MemberRecord | null; auditEntry: AuditEntry } | Refusal | null>,
  ): Promise<{ before: MembershipPlace; after: MemberRecord | null } | Refusal | null>;
  /** Memberships and invitations of a person, at most `limits.groupsPerPerson`. */
  recordsOf(userId: string): Promise<MemberRecord[]>;
  /** Memberships and invitations of a group. */
  recordsIn(name: string): Promise<MemberRecord[]>;
  /** Accepted memberships of a person, by the group's name. */
  membershipsOf(userId: string): Promise<Memberships>;
  /** Accepted memberships of a group, by user id. */
  membersOf(name: string): Promise<Memberships>;
  /** The same two without waiting, where they are in memory and this process is the only writer. */
  membershipsKept(userId: string): Memberships | undefined;
  membersKept(name: string): Memberships | undefined;
}

/** What a person says of themselves, beside what stands in the account. */
export interface ProfileRecord {
  readonly bio: string;
  readonly pronouns: string;
  /** A BCP 47 tag; empty while it was never chosen. */
  readonly language: string;
  /** File id of the picture (AU-8). */
  readonly avatar?: string;
}

/** A file that a profile carries from now on (FI-7); `version` makes the write safe. */
export interface AvatarUse {
  readonly fileId: string;
  readonly version: string;
}

export interface ProfileStore {
  /** Null for who never changed anything. */
  profile(userId: string): Promise<ProfileRecord | null>;
  /**
   * Writes account and profile as one; `change` runs again when another writer was faster. With `avatar` also that the profile
   * carries the file; one that it carried before, it carries no more. Null when there is no account, `file_changed` when
   * the file is not as it was.
   */
  changeProfile(
    userId: string,
    change: (
      user: UserRecord,
      profile: ProfileRecord | null,
    ) => { user: UserRecord; profile: ProfileRecord },
    avatar?: AvatarUse,
  ): Promise<{ user: UserRecord; profile: ProfileRecord } | "file_changed" | null>;
  /** Pictures of those who have one, by user id. */
  avatarsOf(userIds: readonly string[]): Promise<Map<string, string>>;
}
