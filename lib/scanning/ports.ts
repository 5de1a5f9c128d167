import type { BlobRecord, RefusedHash } from "../files/mod.ts";
import type { AuditEntry } from "../platform/mod.ts";
import type { FileState, Message, Verdict } from "../protocol/mod.ts";

/** A blob for a scanner: its bytes and their properties. Each call of `open` gives all bytes anew. */
export interface ScanSubject {
  sha256: string;
  sizeBytes: number;
  type: string;
  /** The first `limits.sniffBytes` bytes. */
  head: Uint8Array<ArrayBuffer>;
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** Answer of a virus scanner. The verdict is a union: an answer that was not understood can only be `error`. */
export interface VirusFinding {
  verdict: "clean" | "infected" | "incomplete" | "error";
  scanner: string;
  version: string;
  /** The scanner's answer, shortened to `limits.scanAnswer`; never content of the file. */
  answer: string;
}

/** SC-9: `ncii` is an intimate image shared without consent; `listed` is in a list of something else, or of something unknown. */
export interface CsamFinding {
  verdict: "clean" | "match" | "ncii" | "listed" | "not_applicable" | "incomplete" | "error";
  scanner: string;
  version: string;
  answer: string;
  /** Set for `match`: the details for a report. */
  match?: { classification: string; matchType: string | null; reference: string | null };
}

/** State of a scanner and its version. */
export interface ScannerHealth {
  ok: boolean;
  /** Null for a working scanner. For an operator, without secrets. */
  reason: Message | null;
  version: string;
  /** True for a real service, false for a built-in stand-in of evaluation mode. */
  real: boolean;
}

/** Scans for viruses. Never throws: every failure is `error`, also an aborted signal. */
export interface VirusScanner {
  readonly name: string;
  scan(subject: ScanSubject, signal: AbortSignal): Promise<VirusFinding>;
  health(): Promise<ScannerHealth>;
}

/** Looks for known abuse material. Never throws. Only the service's explicit "no match" is `clean`. */
export interface CsamMatcher {
  readonly name: string;
  match(subject: ScanSubject, signal: AbortSignal): Promise<CsamFinding>;
  health(): Promise<ScannerHealth>;
}

/** A scan leased by this worker. */
export interface ScanJob {
  sha256: string;
  /** Attempts that failed. */
  attempts: number;
  /** True for a rescan of a clean blob, which stays clean during the scan (SC-4). */
  rescan: boolean;
  /** End of the lease. */
  leaseUntilMs: number;
  /** Version of the scan's record: later writes fail when the lease was lost. */
  version: string;
}

/** Result of a scan: the blob's next state and the verdicts for it. */
export interface Conclusion {
  state: FileState;
  /** Verdicts with `check` `virus`, `csam` or `moderator`. */
  verdicts: Verdict[];
  /** Set when the server must refuse the hash from now on. */
  refuse?: "infected" | "ncii" | "moderator" | "incomplete";
  /** A moderator releases a rejected blob (SC-8): its hash is no longer refused. */
  fromQuarantine?: boolean;
}

/** Records of scans and verdicts. */
export interface ScanStore {
  /**
   * Leases the scan with the earliest due time; null when none is due. Two workers never get the same scan. With `unseen`,
   * only scans of blobs that are `scanning`: blobs without any verdict.
   */
  take(owner: string, nowMs: number, only?: "unseen"): Promise<ScanJob | null>;
  /** Time of the next due scan, or of the next end of a lease; null when there is none. */
  nextDueMs(): Promise<number | null>;
  /** Renews a lease; returns the job with its new version, null when the lease was lost. */
  renew(job: ScanJob, nowMs: number): Promise<ScanJob | null>;
  /** Postpones the scan after a failed attempt; the verdicts give the reason. A blob that is not clean becomes `held`. */
  retry(job: ScanJob, dueMs: number, verdicts: readonly Verdict[]): Promise<boolean>;
  /**
   * Ends a lease as if the scan had not been taken: same due time, same attempts. With verdicts, a blob that is not clean
   * becomes `held`.
   */
  release(job: ScanJob, verdicts: readonly Verdict[]): Promise<boolean>;
  /**
   * Writes the verdicts, the state, the refused hash, the job `blob_changed` if the state changed, and the end of the scan in
   * one commit. False when the lease was lost.
   */
  conclude(job: ScanJob, conclusion: Conclusion): Promise<boolean>;
  /** Ends the scan of a blob that is gone. */
  drop(job: ScanJob): Promise<void>;
  blob(sha256: string): Promise<BlobRecord | null>;
  verdicts(sha256: string): Promise<Verdict[]>;
  /** Lists blobs of a state in order of their hashes, after the hash `after`. */
  blobsIn(
    state: "scanning" | "held" | "rejected",
    after: string | null,
    limit: number,
  ): Promise<BlobRecord[]>;
  /** Adds a rescan of a clean blob; does nothing when a scan of it exists (SC-4). */
  rescan(sha256: string, dueMs: number): Promise<void>;
  /** Lists clean blobs with their virus verdict, for rescans after a signature update. */
  cleanBlobs(): AsyncIterable<{ sha256: string; version: string }>;
  /** Number of scans that wait or run, counted up to `most`. */
  backlog(most: number): Promise<number>;
}

/** A blob, its verdicts and its scan, read together for a moderator's decision. */
export interface BlobStanding {
  blob: BlobRecord;
  verdicts: Verdict[];
  /** The waiting or running scan; null when there is none. For a running scan, `dueMs` is the end of its lease. */
  scan: { attempts: number; dueMs: number } | null;
  /** Until when rejected bytes are kept; null when they are not in quarantine. */
  quarantine: { untilMs: number } | null;
  /** Why the server refuses the hash; null when it does not. */
  refusedAs: RefusedHash["why"] | null;
  /** Version for the write that follows. */
  version: { blob: string; scan: string | null };
}

/** Records for moderators' decisions. */
export interface DecisionStore {
  standing(sha256: string): Promise<BlobStanding | null>;
  /**
   * Writes the moderator's verdict, the state, the refused hash, the job `blob_changed`, the end of any scan and the audit
   * entry in one commit. False when the blob or its scan changed since `standing` was read.
   */
  decide(standing: BlobStanding, conclusion: Conclusion, auditEntry: AuditEntry): Promise<boolean>;
}

/** The bytes in quarantine, as far as decisions need them. */
export interface QuarantinedBytes {
  /** Brings the bytes back, runs `commit`, and puts them into quarantine again when that is false. `gone`: there are none. */
  releaseBytes(sha256: string, commit: () => Promise<boolean>): Promise<boolean | "gone">;
}

/** Takes over a match from the worker (SC-5): writes one commit, then removes the bytes. False when the lease was lost. */
export interface MatchHandler {
  preserve(job: ScanJob, finding: CsamFinding, verdicts: readonly Verdict[]): Promise<boolean>;
}
