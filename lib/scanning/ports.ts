import type { BlobRecord } from "../files/mod.ts";
import type { AuditEntry } from "../platform/mod.ts";
import type { FileState, Verdict } from "../protocol/mod.ts";

/** What is scanned: the bytes and what was read from them. `open` gives all bytes anew each time. */
export interface ScanSubject {
  sha256: string;
  sizeBytes: number;
  type: string;
  /** The first `limits.sniffBytes`. */
  head: Uint8Array<ArrayBuffer>;
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** What a scanner said. Unions, so that what was not understood has no place but `error`. */
export interface VirusFinding {
  verdict: "clean" | "infected" | "incomplete" | "error";
  scanner: string;
  version: string;
  /** The answer, shortened to `limits.scanAnswer`; never content of the file. */
  answer: string;
}

export interface CsamFinding {
  verdict: "clean" | "match" | "not_applicable" | "incomplete" | "error";
  scanner: string;
  version: string;
  answer: string;
  /** With `match`: what a report needs. */
  match?: { classification: string; matchType: string | null; reference: string | null };
}

/** Whether a scanner answers, and what it is. */
export interface ScannerHealth {
  ok: boolean;
  /** Null when it works. For an operator; without secrets. */
  reason: string | null;
  version: string;
  /** A real service, not a built-in stand-in of evaluation mode. */
  real: boolean;
}

/** Looks for viruses. Never throws: what goes wrong is `error`. Ends with `error` when the signal aborts. */
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

/** A scan that this worker has a lease on. */
export interface ScanJob {
  sha256: string;
  /** Tries that ended without an answer that counts. */
  attempts: number;
  /** Set for a blob that was clean before, and stays so while it is scanned again (SC-4). */
  rescan: boolean;
  /** End of the lease. */
  leaseUntilMs: number;
  /** Makes the writes that follow safe: they fail when the lease was lost. */
  version: string;
}

/** What a scan came to: the blob's next state and the verdicts it stands on. */
export interface Conclusion {
  state: FileState;
  /** `check` virus, csam or moderator. */
  verdicts: Verdict[];
  /** Set when the hash is to be refused from now on. */
  refuse?: "infected" | "moderator" | "incomplete";
}

/** What scanning asks of the store. */
export interface ScanStore {
  /**
   * Leases the scan that is due first; null when none is. Two workers never get the same one. With `unseen` only scans of
   * blobs that are `scanning`: those of which nothing was said yet.
   */
  take(owner: string, nowMs: number, only?: "unseen"): Promise<ScanJob | null>;
  /** When the next one is due, also one that is leased (then the end of its lease); null when there is none. */
  nextDueMs(): Promise<number | null>;
  /** Keeps a lease; gives the job with its new version, null when it was lost. */
  renew(job: ScanJob, nowMs: number): Promise<ScanJob | null>;
  /** Puts it off after a try that did not count; the verdicts say why. A blob that is not clean becomes `held`. */
  retry(job: ScanJob, dueMs: number, verdicts: readonly Verdict[]): Promise<boolean>;
  /**
   * Gives a lease back as if the scan had not been taken: due when it was, no try counted. With verdicts, a blob that is not
   * clean becomes `held`.
   */
  release(job: ScanJob, verdicts: readonly Verdict[]): Promise<boolean>;
  /** The verdicts, the state, the refused hash, the job `blob_changed` if the state is another, and the end of the scan as one commit. False: lease lost. */
  conclude(job: ScanJob, conclusion: Conclusion): Promise<boolean>;
  /** Ends a scan whose blob is gone. */
  drop(job: ScanJob): Promise<void>;
  blob(sha256: string): Promise<BlobRecord | null>;
  verdicts(sha256: string): Promise<Verdict[]>;
  /** Blobs in a state in the order of their hashes, behind one. */
  blobsIn(
    state: "scanning" | "held" | "rejected",
    after: string | null,
    limit: number,
  ): Promise<BlobRecord[]>;
  /** Adds a scan of a clean blob again; nothing when one is waiting already (SC-4). */
  rescan(sha256: string, dueMs: number): Promise<void>;
  /** Clean blobs with their virus verdict, for rescans after an update of the signatures. */
  cleanBlobs(): AsyncIterable<{ sha256: string; version: string }>;
  /** Scans that wait or run, counted up to `most`. */
  backlog(most: number): Promise<number>;
}

/** A blob, what was said of it and its scan, as they stand together: what a moderator decides on. */
export interface BlobStanding {
  blob: BlobRecord;
  verdicts: Verdict[];
  /** The scan that waits or runs; null when there is none. `dueMs` is the end of the lease while it runs. */
  scan: { attempts: number; dueMs: number } | null;
  /** Makes the write that follows safe. */
  version: { blob: string; scan: string | null };
}

/** What moderators ask of the store. */
export interface DecisionStore {
  standing(sha256: string): Promise<BlobStanding | null>;
  /**
   * The moderator's verdict, the state, the refused hash, the job `blob_changed`, the end of whatever scan there is and the
   * entry in the audit log as one commit. False when the blob or its scan changed since they were read.
   */
  decide(standing: BlobStanding, conclusion: Conclusion, auditEntry: AuditEntry): Promise<boolean>;
}

/** Takes a match over from the worker (SC-5): one commit, then the bytes go. False when the lease was lost. */
export interface MatchHandler {
  preserve(job: ScanJob, finding: CsamFinding, verdicts: readonly Verdict[]): Promise<boolean>;
}
