import type { AuditEntry, OwedNotice } from "../platform/mod.ts";
import type { GroupRole, NewNotice, Refusal } from "../protocol/mod.ts";

/** Stored record of a group. Every change of a membership writes it, so one check covers all of them. */
export interface GroupRecord {
  readonly name: string;
  readonly title: string;
  /** Username of the person who set the title; absent in records of older versions. */
  readonly titledBy?: string;
  readonly createdAt: number;
  /** Number of members who accepted. */
  readonly accepted: number;
  /** Number of members and invitations. */
  readonly entries: number;
  /** Set when the group ended: it is gone then, and only its name stays taken. */
  readonly endedAt?: number;
}

/** A membership; an invitation while `since` is null. */
export interface MemberRecord {
  readonly group: string;
  readonly userId: string;
  readonly role: GroupRole;
  /** Time of acceptance, in milliseconds since 1970. */
  readonly since: number | null;
  readonly invitedAt: number;
  /** Username of the person who sent the invitation; absent in records of older versions. */
  readonly invitedBy?: string;
  /** An invitation that never arrives. The group's owners see it wait (CO-11). */
  readonly withheld?: true;
}

/** An accepted membership, for other rooms. `since` in milliseconds since 1970. */
export interface Membership {
  readonly role: GroupRole;
  readonly since: number;
}

/** By the name of the group, or by the id of the member. */
export type Memberships = ReadonlyMap<string, Membership>;

/** A group, the person's membership and the acting person's membership, read together. */
export interface MembershipPlace {
  readonly group: GroupRecord;
  readonly member: MemberRecord | null;
  readonly actor: MemberRecord | null;
}

/** What becomes of a membership; null ends it. `owed`: the notice that it leaves with the person, for the same commit. */
export interface MembershipDecision {
  readonly member: MemberRecord | null;
  readonly auditEntry: AuditEntry;
  readonly owed?: readonly OwedNotice<NewNotice>[];
}

/** Removes the memberships of a group that ended, run by `GroupLife.run`. */
export interface GroupJob {
  kind: "group_end";
  group: string;
}

/** A membership before and after a change, and the notices that it owes. */
export interface MembershipChange {
  readonly before: MembershipPlace;
  readonly after: MemberRecord | null;
  readonly owed: readonly OwedNotice<NewNotice>[];
}

/** Never returns groups that ended. */
export interface GroupsStore {
  /** Writes a group, with its first member if there is one. `full`: the limit `most` is reached. */
  add(
    group: GroupRecord,
    most: number,
    auditEntry: AuditEntry,
    first?: MemberRecord,
  ): Promise<"added" | "taken" | "full">;
  /** Returns the groups that exist, by name. */
  groups(names: readonly string[]): Promise<Map<string, GroupRecord>>;
  /** Returns all groups in order of name. */
  allGroups(): Promise<GroupRecord[]>;
  /**
   * Reads, calls `decide` and writes both directions, the counts, the audit entry and what is owed in one commit; calls `decide`
   * again when another writer was faster. A `null` decision changes nothing. Null when there is no such group.
   */
  change(
    name: string,
    who: { userId: string; actorId: string },
    decide: (place: MembershipPlace) => Promise<MembershipDecision | Refusal | null>,
  ): Promise<MembershipChange | Refusal | null>;
  /**
   * Changes the group itself, like `change`. A group that gets `endedAt` is gone with this commit, and a `group_end` job removes
   * its memberships.
   */
  changeGroup(
    name: string,
    actorId: string,
    decide: (
      group: GroupRecord,
      actor: MemberRecord | null,
    ) => Promise<{ group: GroupRecord; auditEntry: AuditEntry } | Refusal | null>,
  ): Promise<GroupRecord | Refusal | null>;
  /** Removes and returns some memberships of a group that ended; empty when none is left. */
  removeSome(name: string): Promise<MemberRecord[]>;
  /** A person's memberships and invitations, at most `limits.groupsPerPerson`, without withheld ones. */
  recordsOf(userId: string): Promise<MemberRecord[]>;
  /** Names of all groups in which the person has a record, withheld invitations included. */
  groupsWith(userId: string): Promise<string[]>;
  /** A group's memberships and invitations. */
  recordsIn(name: string): Promise<MemberRecord[]>;
  /** A person's accepted memberships, by group name. */
  membershipsOf(userId: string): Promise<Memberships>;
  /** A group's accepted memberships, by user id. */
  membersOf(name: string): Promise<Memberships>;
  /** The same two from memory, if they are there and this process is the only writer. */
  membershipsKept(userId: string): Memberships | undefined;
  membersKept(name: string): Memberships | undefined;
}
