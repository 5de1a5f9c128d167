import type { AudienceCounts, FileState, Totals } from "../protocol/mod.ts";
import type { Relation } from "../consent/mod.ts";
import type { AuditEntry, FileCarrier, NoticeJob, WebhookJob } from "../platform/mod.ts";
import type { SearchPacks } from "./search_packs.ts";
import type {
  BroadcastRecord,
  CommandRecord,
  Happening,
  SenderKind,
  StateRecord,
  StopRecord,
  StoredState,
} from "./records.ts";

export type * from "./records.ts";
export type { PackOwner, SearchPack, SearchPacks } from "./search_packs.ts";
export { takenVersion } from "./records.ts";

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
  /** The relation of each of the others to the person; the same from both sides. */
  relationsOf(userId: string, otherIds: readonly string[]): Promise<Map<string, Relation>>;
  /** Accepted memberships by group name; `since` in ms since 1970. */
  membershipsOf(userId: string): Promise<Memberships>;
  /** Accepted members by user id; undefined when the group does not exist. */
  membersOf(group: string): Promise<Memberships | undefined>;
}

export interface GroupMembership {
  role: "owner" | "sender" | "member";
  since: number;
}

/** Accepted memberships, by group name or by user id. */
export type Memberships = ReadonlyMap<string, GroupMembership>;

export interface SentKey {
  commandId: string;
  /** Digest of the draft that was sent with the key. */
  digest: string;
  audience: AudienceCounts;
  expiresMs: number;
}

/** Work due at a time. `id` makes writing it twice one job. */
export type Job =
  | { kind: "expire"; commandId: string }
  | ExpireMade
  | { kind: "release"; commandId: string }
  | { kind: "undefer"; userId: string; commandId: string }
  /** CM-9: a timer of the person ends. */
  | { kind: "timer"; userId: string; commandId: string }
  /** With `userId` for a person whose deadline moved; else for all recipients. */
  | { kind: "remind"; commandId: string; userId?: string }
  | { kind: "stop"; userId: string }
  /** Puts a person's older commands into the search index. */
  | { kind: "index"; userId: string };

/**
 * Ends all commands whose ids are of one second, from `madeMs` on, and whose time of waiting was the longest then possible,
 * `keepMs`: nearly all. One job serves all that were sent in that second.
 */
export interface ExpireMade {
  kind: "expire_made";
  madeMs: number;
  keepMs: number;
}

/** A webhook's message and a notice are written with the answer that they tell of. */
export interface DueJob {
  dueMs: number;
  job: Job | NoticeJob | WebhookJob;
}

/** Consent's decision for one recipient at the send. The rest of a first record follows from the command. */
export interface FirstState {
  allowedBy: string | null;
  withheldBy: string | null;
}

/** A new command and the first state of each recipient; written in one commit. */
export interface Acceptance {
  record: CommandRecord;
  states: ({ userId: string } & FirstState)[];
  key: string;
  sent: SentKey;
  /** The files that it carries (FI-6). */
  carries?: readonly Carried[];
  /** The expired record of the same key, which is replaced. */
  replacesKey?: { version: string } | undefined;
  jobs: DueJob[];
  /** MO-3: of a broadcast, from `CommandStore.audited`. */
  audited?: Audited | undefined;
}

/** An audit entry that is written with a command; only the store knows what is in it. */
export type Audited = object;

/** A state's next record. The log entry is written or deleted as `place` changes. */
export interface Change {
  from: StoredState;
  to: StateRecord;
}

/** CM-11: a command as it was read to be edited. The write fails if it changed since. */
export interface Editable {
  record: CommandRecord;
  version: string;
}

/** CM-11: a command's next edition with its recipients' states, or with its broadcast's record. Written in one commit. */
export interface Edit {
  from: Editable;
  to: CommandRecord;
  /** Of a direct command. */
  changes: readonly Change[];
  /** Of a broadcast, which is scheduled and stays so. */
  broadcast: BroadcastRecord | null;
  jobs: readonly DueJob[];
  carries: readonly Carried[];
  /** Asked right before the write: `false` writes nothing. */
  current: () => boolean;
}

/** Numbers of a person's open direct commands, withheld ones included (DL-7). */
export interface OpenCounts {
  from(senderId: string): number;
  ofKind(kind: SenderKind): number;
  /** False: the numbers may be too large. */
  exact: boolean;
}

/** A command that later ones of other sources pass (CO-12). */
export interface Held {
  commandId: string;
  /** Commands of one sender by one way keep their order (DL-5). */
  source: string;
  /** The place at which devices may have read past it. Once its record has another, it can be read there. */
  passed: string;
}

export interface InboxEntry {
  cursor: string;
  commandId: string;
}

/** What commands ask of the store. */
export interface CommandStore {
  /** The command's place in every log that it was appended to. Null: the key is in use or a file changed, nothing was written. */
  accept(acceptance: Acceptance): Promise<string | null>;
  /** Read from the store itself, never from memory. */
  editable(commandId: string): Promise<Editable | null>;
  /** False: something changed since it was read, or `current` says no. */
  edit(edit: Edit): Promise<boolean>;
  /** Prepares the audit entry of one command. It fits as long as no other entry is written: then `accept` gives null. */
  audited?(auditEntry: AuditEntry): Promise<Audited>;
  sentKey(senderId: string, key: string): Promise<{ sent: SentKey; version: string } | null>;
  commands(commandIds: readonly string[]): Promise<Map<string, CommandRecord>>;
  /** The commands with ids from one time on and before another, in ms. */
  commandsMadeIn(fromMs: number, toMs: number): Promise<CommandRecord[]>;
  states(wanted: readonly { userId: string; commandId: string }[]): Promise<(StoredState | null)[]>;
  /** The moment of a read that begins now (see `Committer.moment`); undefined where other processes write to the store. */
  moment(): number | undefined;
  /** Writes all changes or none. False: a record changed since it was read, or the day's count would exceed `most`. */
  change(
    changes: readonly Change[],
    also?: {
      jobs?: DueJob[];
      /** `seen`: the day's count as the decision saw it; the write fails if it has changed (CO-12). */
      count?: { userId: string; day: string; most: number; seen?: { value: number; version: string | null } };
      carries?: readonly Carried[];
      /** Asked right before the write, after every read that it needs: `false` writes nothing. */
      current?: () => boolean;
      /** The request that it is written for, for the log (OP-3). */
      requestId?: string | undefined;
    },
  ): Promise<boolean>;
  /**
   * DL-11: commands that wait for a person were delivered to them. Writes all or nothing, and a number of records that does not
   * rise with that of the commands. They must be as they were sent: without a record of a broadcast, with the first one of a
   * direct command. False: one changed since it was read, or `current`, asked right before the write, says no.
   */
  take(userId: string, taken: readonly StoredState[], at: string, current: () => boolean): Promise<boolean>;
  /** Most commands of one `take`. */
  readonly takenAtOnce: number;
  /** Entries after a place, oldest first. */
  inboxAfter(userId: string, after: string | null, limit: number): Promise<InboxEntry[]>;
  inboxCountAfter(userId: string, after: string | null, most?: number): Promise<number>;
  /** From memory where that is never too small; `again` reads the store if it may be too large. */
  openCounts(userId: string, again?: boolean): Promise<OpenCounts>;
  /** What a person's rules hold apart, oldest first. */
  held(userId: string): Promise<Held[]>;
  /** Writes those in `set`, and removes the commands in `ended`. */
  changeHeld(userId: string, change: { set?: readonly Held[]; ended?: readonly string[] }): Promise<void>;
  /** A person's states, newest command first, before an id. */
  history(userId: string, before: string | null, limit: number): Promise<StoredState[]>;
  /** Ids of a sender's commands, newest first, before an id. */
  outbox(senderId: string, before: string | null, limit: number): Promise<string[]>;
  /** Of a sender's direct and group commands, those that recipients submitted for review; newest command first. */
  submissions(senderId: string, limit: number): Promise<{ commandId: string; userId: string }[]>;
  cursor(userId: string, device: string): Promise<string | null>;
  /** Of all devices of a person. */
  cursors(userId: string): Promise<string[]>;
  saveCursors(cursors: readonly { userId: string; device: string; cursor: string }[]): Promise<void>;
  /** Deletes a command and all its records. */
  purge(record: CommandRecord): Promise<void>;
  /** Broadcasts that were opened, after a place, oldest first; without cancelled ones. */
  broadcastsAfter(after: string | null, limit: number): Promise<InboxEntry[]>;
  /**
   * Ids of broadcasts in that log, newest id first, before an id. `last`: where the next reading starts, null at the end; up to
   * `limit` records are looked at, so there may be fewer ids. `all`: also those that are scheduled or were cancelled.
   */
  broadcastIds(
    before: string | null,
    limit: number,
    all?: boolean,
  ): Promise<{ ids: string[]; last: string | null }>;
  broadcast(commandId: string): Promise<BroadcastRecord | null>;
  /** Opens a scheduled broadcast (resolves to its place) or ends one (true). False: it changed meanwhile. */
  changeBroadcast(
    commandId: string,
    from: BroadcastRecord,
    to: "open" | "cancelled" | "expired" | "failed",
    happening: Happening,
    /** The request that it is written for, for the log (OP-3). */
    requestId?: string,
  ): Promise<string | boolean>;
  /** Numbers of people by state; only people with a record. */
  totals(commandId: string): Promise<Totals>;
  /** CM-9: numbers of a broadcast's answers by place (`answers.ts`). */
  answerCounts(commandId: string): Promise<ReadonlyMap<string, number>>;
  addJobs(jobs: readonly DueJob[]): Promise<void>;
  /** DL-10: the texts of commands, for searches. A purge removes the pack of the command too. */
  readonly search: SearchPacks;
  /** Writes the stop and the job that ends open commands. A stop in force keeps its beginning and gets a new `version`. */
  setStop(userId: string, sinceMs: number): Promise<StopRecord>;
  /** Read from the store itself, never from memory. */
  stop(userId: string): Promise<StopRecord | null>;
  /** False when the version has changed: the person pressed Stop again, or resumed. */
  clearStop(userId: string, version: string): Promise<boolean>;
}

/** Room on the store's disk that is kept for stops (OP-9). */
export interface StopReserve {
  /** Gives a part of it to the store. False when nothing is left. Never rejects. */
  release(): Promise<boolean>;
}

/** A file as its owner may attach it. */
export interface AttachableFile {
  fileId: string;
  sha256: string;
  name: string;
  size: number;
  type: string;
  state: FileState;
  /** The write that attaches it fails when the file or its state has changed since. */
  version: string;
}

/** The files, as far as commands need them. */
export interface CommandFiles {
  /** The person's own files by id; others and missing ones are left out. */
  own(ownerId: string, fileIds: readonly string[]): Promise<Map<string, AttachableFile>>;
  /** The state of each file now; missing ones are left out. */
  states(fileIds: readonly string[]): Promise<Map<string, FileState>>;
  /** Changes until when files in use are kept. Leaves out files that are gone or not in use by the carrier. */
  keep(uses: readonly { fileId: string; by: FileCarrier }[], untilMs: number): Promise<void>;
}

/** A use of a file by a command or answer, and until when the file is kept for it (FI-7). */
export interface Carried {
  fileId: string;
  version: string;
  by: FileCarrier;
  untilMs: number;
}
