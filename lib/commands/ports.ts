import type { AudienceCounts, Command, CommandState, FileState, Totals } from "../protocol/mod.ts";
import type { Relation } from "../consent/mod.ts";

/** A person as other rooms know them. */
export interface Person {
  id: string;
  username: string;
  displayName: string;
}

/** The accounts, as far as commands need them. Called on every send. */
export interface People {
  byUsernames(usernames: readonly string[]): Promise<Map<string, Person>>;
  byIds(userIds: readonly string[]): Promise<Map<string, Person>>;
  /** What each of the others is to the person; the same seen from either side. */
  relationsOf(userId: string, otherIds: readonly string[]): Promise<Map<string, Relation>>;
  /** Accepted memberships by group name; `since` in ms since 1970. */
  membershipsOf(userId: string): Promise<ReadonlyMap<string, GroupMembership>>;
  /** Accepted members by user id; undefined when there is no such group. */
  membersOf(group: string): Promise<ReadonlyMap<string, GroupMembership> | undefined>;
}

export interface GroupMembership {
  role: "owner" | "sender" | "member";
  since: number;
}

/** A command as the sender wrote it; never changed after it was accepted. */
export interface CommandRecord {
  command: Command;
  senderId: string;
  /** User ids of a direct command, in the order of `audience.to`; empty for a cast. */
  recipients: string[];
  /** Set for a command that was written once for many (BR-4). */
  cast?: CastAudience;
  expiresMs: number;
}

/** Whom a cast is for; who of them gets it is decided for each person at delivery. */
export interface CastAudience {
  kind: "group" | "category" | "all";
  /** The group or category; null for everyone. */
  name: string | null;
  /** People whose rules let it through when it was sent: those who have done nothing with it are `queued`. */
  matched: number;
}

/** How far a cast is. `place` is where it lies in the log of casts; those who took on one that ran out find it there. */
export interface CastRecord {
  state: "scheduled" | "open" | "cancelled" | "expired" | "failed";
  place: string | null;
  /** Set with `expired`: it was cancelled after that, for those who had taken it on. */
  cancelled?: true;
  /** What became of it as a whole after it was written, for its sender. */
  timeline: Happening[];
  version: string;
}

/** What happened, for the timeline; `who` is a username, or null for the server. */
export interface Happening {
  at: string;
  state: CommandState;
  who: string | null;
  note: string | null;
}

/** One recipient's state: the truth about a command for that person. */
export interface StateRecord {
  state: CommandState;
  /**
   * Its place in the inbox log. `first` stands for the versionstamp with which this record was first written, as both were
   * one commit; null: it is in no log.
   */
  place: string | "first" | null;
  createdAt: string;
  updatedAt: string;
  /** When it was first handed over; null: the person has not seen anything of it. */
  deliveredAt: string | null;
  /** The person looked at the content, so that it is not sealed any more (CO-2). */
  opened: boolean;
  /** The rule that let it through (CO-8). */
  allowedBy: string | null;
  /** The rule that keeps it from the person; the sender sees `queued` (CO-3). */
  withheldBy: string | null;
  /** Local date on which it was counted against the daily limit. */
  countedOn: string | null;
  /** End of a deferral. */
  until: string | null;
  note: string | null;
  /** Files that were handed in (CM-5). */
  proof: Command["attachments"];
  /** Of a cast: the first record is written when something happens, and totals are counted (CM-7). */
  cast?: true;
  /** Of a cast that the person's rules kept from them when they stopped: no total counts it, so its sender sees no change (CO-3). */
  uncounted?: true;
  /** Time that the person was stopped while it waited, in ms: its deadline is later by this (CO-6). */
  frozenMs: number;
  /** Until when that was counted, so that a resume which is repeated after a crash counts nothing twice. */
  frozenUntilMs?: number;
  timeline: Happening[];
}

/** A record as it was read; `version` makes the write that follows safe. */
export interface StoredState {
  userId: string;
  commandId: string;
  record: StateRecord;
  /** Null: nothing was written of it so far. */
  version: string | null;
  /** `CommandStore.moment` before it was read: what is written then costs the store no check. */
  moment?: number | undefined;
  /** Of a cast, where its own record was read too: what is written then holds only if that is still the same. */
  castVersion?: string;
}

export interface SentKey {
  commandId: string;
  /** Digest of the content that was sent with the key. */
  digest: string;
  audience: AudienceCounts;
  expiresMs: number;
}

/** Work due at a time. `id` makes writing it twice one job. */
export type Job =
  | { kind: "expire"; commandId: string }
  | { kind: "release"; commandId: string }
  | { kind: "undefer"; userId: string; commandId: string }
  /** With `userId` for one whose deadline moved; else for all recipients. */
  | { kind: "remind"; commandId: string; userId?: string }
  | { kind: "stop"; userId: string };

export interface DueJob {
  dueMs: number;
  job: Job;
}

/** What consent said of one recipient when the command was taken; the rest of a first record follows from the command. */
export interface FirstState {
  allowedBy: string | null;
  withheldBy: string | null;
}

/** A new command and the first state of each recipient. One step. */
export interface Acceptance {
  record: CommandRecord;
  states: ({ userId: string } & FirstState)[];
  key: string;
  sent: SentKey;
  /** The files that it carries (FI-6). */
  carries?: readonly Carried[];
  /** A key of the same name that has run out and is replaced. */
  replacesKey?: { version: string } | undefined;
  jobs: DueJob[];
}

/** A state's next record. Opening and closing of the log entry follow from `place` before and after. */
export interface Change {
  from: StoredState;
  to: StateRecord;
}

/** A stop in force: what lies before `versionstamp` in the log has ended, what came later waits. */
export interface StopRecord {
  sinceMs: number;
  versionstamp: string;
  version: string;
}

export interface InboxEntry {
  cursor: string;
  commandId: string;
}

/** What commands ask of the store. */
export interface CommandStore {
  /** The place of this commit in every log that it appended to; null when the key is taken: nothing was written then. */
  accept(acceptance: Acceptance): Promise<string | null>;
  sentKey(senderId: string, key: string): Promise<{ sent: SentKey; version: string } | null>;
  commands(commandIds: readonly string[]): Promise<Map<string, CommandRecord>>;
  states(wanted: readonly { userId: string; commandId: string }[]): Promise<(StoredState | null)[]>;
  /** Stands in a state for what is known of it now, without a read; undefined where other processes write to the store. */
  moment(): number | undefined;
  /** All changes or none; false when a record was changed since it was read, or the day's count would go over `most`. */
  change(
    changes: readonly Change[],
    also?: {
      jobs?: DueJob[];
      count?: { userId: string; day: string; most: number };
      carries?: readonly Carried[];
    },
  ): Promise<boolean>;
  /** Entries after a place, oldest first. */
  inboxAfter(userId: string, after: string | null, limit: number): Promise<InboxEntry[]>;
  inboxCountAfter(userId: string, after: string | null): Promise<number>;
  /** A person's states, newest command first, before an id. */
  history(userId: string, before: string | null, limit: number): Promise<StoredState[]>;
  /** Ids of a sender's commands, newest first, before an id. */
  outbox(senderId: string, before: string | null, limit: number): Promise<string[]>;
  cursor(userId: string, device: string): Promise<string | null>;
  saveCursors(cursors: readonly { userId: string; device: string; cursor: string }[]): Promise<void>;
  /** Removes a command and all its records. */
  purge(record: CommandRecord): Promise<void>;
  /** Casts that were opened, after a place, oldest first; the cancelled ones are not among them. */
  castsAfter(after: string | null, limit: number): Promise<InboxEntry[]>;
  cast(commandId: string): Promise<CastRecord | null>;
  /** Opens a scheduled cast or closes one; its place when it was opened. False: somebody changed it meanwhile. */
  changeCast(
    commandId: string,
    from: CastRecord,
    to: "open" | "cancelled" | "expired" | "failed",
    happening: Happening,
  ): Promise<string | boolean>;
  /** How many people are in each state, of those who have a record. */
  totals(commandId: string): Promise<Totals>;
  addJobs(jobs: readonly DueJob[]): Promise<void>;
  /** Writes the stop and the job that ends what is open. One in force goes on as it began, with a new `version`. */
  setStop(userId: string, sinceMs: number): Promise<StopRecord>;
  /** Read from the store itself, never from what is kept in memory. */
  stop(userId: string): Promise<StopRecord | null>;
  /** False when it is not in force with this version any more: somebody pressed again, or resumed. */
  clearStop(userId: string, version: string): Promise<boolean>;
}

/** A file as its owner may attach it. */
export interface AttachableFile {
  fileId: string;
  sha256: string;
  name: string;
  size: number;
  type: string;
  state: FileState;
  /** Makes the write that attaches it safe: that fails when the file or what is known of it changed. */
  version: string;
}

/** The files, as far as commands need them. */
export interface CommandFiles {
  /** The person's own files by their ids; without those that are not theirs or not there. */
  own(ownerId: string, fileIds: readonly string[]): Promise<Map<string, AttachableFile>>;
  /** What may be done with each now; without those that are gone. */
  states(fileIds: readonly string[]): Promise<Map<string, FileState>>;
}

/** That something carries a file, and until when the file is kept for it (FI-7). */
export interface Carried {
  fileId: string;
  version: string;
  /** `command:<id>` or `proof:<id>:<userId>`. */
  by: string;
  untilMs: number;
}
