import type { AuditEntry, Caller, OwedNotice } from "../platform/mod.ts";
import type {
  AutoRule,
  FileState,
  NewNotice,
  QueueOutcome,
  Refusal,
  ReportAbout,
  ReportKind,
  ReportReason,
  ReportSnapshot,
  SanctionKind,
  SanctionReason,
  Verdict,
} from "../protocol/mod.ts";

/** What a report is about, as the reporter sees it now. */
export interface Subject {
  /** Whose it is; null for a group. */
  person: { id: string; username: string } | null;
  snapshot: ReportSnapshot;
}

/** Reads something that a person wants to report; a refusal when it is not theirs to see. */
export type SubjectSource = (caller: Caller, id: string) => Promise<Subject | Refusal>;

/** Each room that has something to report adds its source. What has none cannot be reported. */
export type SubjectSources = Partial<Record<ReportKind, SubjectSource>>;

/** MO-1: a report as it was written; never changed. Its outcome is its case's. */
export interface ReportRecord {
  id: string;
  caseId: string;
  reporterId: string;
  about: ReportAbout;
  reason: ReportReason;
  note: string | null;
  snapshot: ReportSnapshot;
  createdMs: number;
}

/** What limits a person's reports. */
export interface ReporterRecord {
  /** Those of the last day. */
  recent: { atMs: number; personId: string | null; item: string; reason: ReportReason; reportId: string }[];
  /** Cases that moderators found to be reported in bad faith. */
  badFaith: { atMs: number; caseId: string }[];
}

/** A decision as it was taken. `sanctionId`: null while it is only proposed. */
export interface Decided {
  atMs: number;
  byId: string;
  by: string;
  outcome: QueueOutcome;
  reason: string;
  actions: { kind: SanctionKind; untilMs: number | null; sanctionId: string | null }[];
  badFaith?: true;
}

/** MO-8: a request to remove files, by somebody without an account. */
export interface RemovalRequest {
  /** SHA-256 of each file. */
  hashes: string[];
  contact: string;
  statement: string;
  dueMs: number;
  /** SHA-256 of the code by which its author finds it. */
  codeHash: string;
}

/** MO-2: similar reports about one person, one appeal, or one request for removal. */
export interface CaseRecord {
  id: string;
  kind: "report" | "appeal" | "removal";
  harm: 1 | 2 | 3;
  reason: ReportReason | null;
  about: ReportKind | null;
  title: string;
  /** Whom it is about; of an appeal its author. Null for a group. */
  person: { id: string; username: string } | null;
  createdMs: number;
  /** Ids, oldest first. */
  reports: string[];
  /** Ids of different people; of a request for removal a name for the network that it came from. */
  reporters: string[];
  /** `by`: username of the moderator who imposed the sanction. */
  appeal: { sanctionId: string; text: string; by: string } | null;
  /** Set for a request for removal. */
  removal?: RemovalRequest;
  notes: { atMs: number; by: string; text: string }[];
  /** MO-2: a decision that waits for a second opinion. */
  proposal: Decided | null;
  decided: Decided | null;
  /** Key under which new similar reports find it; null for an appeal. */
  fold: string | null;
}

/** A moderator's lease on an item of the queue. */
export interface Claim {
  byId: string;
  by: string;
  untilMs: number;
}

/** A case as it was read; the write that follows fails if one of its versions has changed. */
export interface StoredCase {
  record: CaseRecord;
  /** In force, or null. */
  claim: Claim | null;
  /** Who uploaded what a request for removal is about, as far as it is still known. */
  owners: readonly string[];
  version: { record: string; claim: string | null };
}

/** What the server has of a hash. `owners`: ids of those who uploaded it, up to `moderationLimits.removalUploads`. */
export interface StoredCopy {
  sha256: string;
  blob: { state: FileState; sizeBytes: number; type: string } | null;
  uploads: number;
  owners: readonly string[];
  /** Uploads of it are refused. */
  refused: boolean;
}

/** That an item was found to be fine, for later reports of it. */
export interface ReviewedRecord {
  atMs: number;
  by: string;
  reason: string;
  caseId: string;
}

/** What a change of a case adds to a day's statistics. */
export interface Tally {
  by: string;
  kind: string;
  outcome: QueueOutcome;
  /** Time from its beginning to the decision. */
  tookMs: number;
  actions: SanctionKind[];
  undone: boolean;
}

/** A write of a case; with sanctions it is part of the account's commit. */
export interface CaseChange {
  /** Null: the case is new. */
  from: StoredCase | null;
  to: CaseRecord;
  /** `end` deletes the claim. */
  claim?: "end";
  tally?: Tally;
  /** Marks the items of its reports as fine, or takes that back. */
  reviewed?: ReviewedRecord | "forget";
  /** Counts against its reporters, or takes that back. */
  badFaith?: "add" | "forget";
  /** What tells those whom a decision concerns (UI-11). */
  owed?: readonly OwedNotice<NewNotice>[];
  /** MO-8: rejects these hashes for ever, with all files that have them. */
  refuse?: { hashes: readonly string[]; verdict: Verdict };
}

/** One day's numbers of decisions. */
export interface DayRecord {
  decided: number;
  undone: number;
  /** Of the first decisions of the day, in ms. */
  tookMs: number[];
  byKind: Record<string, number>;
  byOutcome: Record<string, number>;
  byAction: Record<string, number>;
  byModerator: Record<string, number>;
}

/** What a new report finds in the store. */
export interface Met {
  reporter: ReporterRecord;
  /** The open case of similar reports, or null. */
  open: CaseRecord | null;
}

/** What a report adds; or the report that it repeats. */
export type NewReport =
  | { report: ReportRecord; to: CaseRecord; reporter: ReporterRecord }
  | { again: string };

/** `after`: the place of the last one (`placeOf`). */
export interface CaseQuery {
  after: string | null;
  kind: CaseRecord["kind"] | null;
  limit: number;
}

/** Reports, cases and the queue's order. */
export interface CaseStore {
  /**
   * MO-1: reads what a report meets, calls `make`, and writes the report, its case and the reporter's record in one commit. Calls
   * `make` again when another writer was faster.
   */
  add(
    reporterId: string,
    fold: string,
    make: (met: Met) => NewReport | Refusal,
  ): Promise<ReportRecord | Refusal>;
  /** MO-8: reads what limits the author, calls `make`, and writes the new case in one commit with its audit entry. */
  addRemoval(
    authorId: string,
    make: (author: ReporterRecord) => { to: CaseRecord; author: ReporterRecord } | Refusal,
    auditEntry: AuditEntry,
  ): Promise<CaseRecord | Refusal>;
  /** Open requests, counted to `moderationLimits.removalsOpen`. */
  openRemovals(): Promise<number>;
  /** The case of a request, by the hash of its code. */
  removalOf(codeHash: string): Promise<CaseRecord | null>;
  /** What limits the author of reports or requests. */
  reporter(authorId: string): Promise<ReporterRecord>;
  copies(hashes: readonly string[]): Promise<StoredCopy[]>;
  case(caseId: string): Promise<StoredCase | null>;
  /** False: it has changed since it was read. */
  change(change: CaseChange, auditEntry: AuditEntry): Promise<boolean>;
  /** Open ones, worst first, then oldest first. */
  open(query: CaseQuery): Promise<CaseRecord[]>;
  /** Decided ones, newest decision first. */
  decided(query: CaseQuery): Promise<CaseRecord[]>;
  /** Open ones by kind, counted to `moderationLimits.queueCounted` together. */
  waiting(): Promise<Record<CaseRecord["kind"], number>>;
  /** Of one person, newest first. */
  about(userId: string, limit: number): Promise<CaseRecord[]>;
  reports(reportIds: readonly string[]): Promise<ReportRecord[]>;
  reportsOf(reporterId: string, before: string | null, limit: number): Promise<ReportRecord[]>;
  cases(caseIds: readonly string[]): Promise<Map<string, CaseRecord>>;
  /** By item; those that were never found to be fine are left out. */
  reviewed(items: readonly string[]): Promise<Map<string, ReviewedRecord>>;
  /** Leases in force, by the id of the item. */
  claims(ids: readonly string[]): Promise<Map<string, Claim>>;
  /** Writes or ends (null) a lease. False: it has changed since `before` was read. */
  setClaim(
    id: string,
    next: Claim | null,
    auditEntry: AuditEntry,
    mayTake: (before: Claim | null) => boolean,
  ): Promise<boolean>;
  /** Numbers by day in UTC, oldest first; days without a decision are left out. */
  days(fromMs: number, toMs: number): Promise<(DayRecord & { day: string })[]>;
  /** Writes that a moderator looked at something of a person, for the audit log and their export. */
  looked(people: readonly string[], auditEntry: AuditEntry): Promise<void>;
}

export interface ReasonStore {
  /** Null: never changed. */
  reasons(): Promise<SanctionReason[] | null>;
  /** Automatic rules; none on a new server. */
  rules(): Promise<AutoRule[]>;
  setRules(rules: readonly AutoRule[], auditEntry: AuditEntry): Promise<void>;
  setReasons(reasons: readonly SanctionReason[], auditEntry: AuditEntry): Promise<void>;
}
