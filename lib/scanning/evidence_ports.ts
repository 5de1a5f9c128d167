import type { BlobRecord, UploadedFrom } from "../files/mod.ts";
import type { AuditEntry } from "../platform/mod.ts";
import type { Incident, Refusal, ReportDraft, Said, Verdict } from "../protocol/mod.ts";
import type { ScanJob } from "./ports.ts";

/** Thrown when sealed evidence was changed, cut short, swapped or sealed with another key. The message is for an operator. */
export class EvidenceProblem extends Error {
  override readonly name = "EvidenceProblem";
}

/**
 * Keeps matched bytes encrypted, each under the id of its incident (SC-5). No route reads them. Throws `EvidenceProblem` for
 * evidence that cannot be trusted, and passes on the disk's errors.
 */
export interface EvidenceStore {
  /**
   * Encrypts into a temporary file, reads that back, then renames it. Throws when the bytes do not have the hash or the size.
   */
  seal(
    id: string,
    plain: ReadableStream<Uint8Array>,
    what: { sha256: string; sizeBytes: number },
  ): Promise<void>;
  /** Decrypts everything and compares hash and size. False when there is no such evidence. */
  verify(id: string, what: { sha256: string; sizeBytes: number }): Promise<boolean>;
  /** Returns the plain bytes; null when there is no such evidence. The stream fails at its end when bytes are missing. */
  open(id: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Removes the evidence and the rest of an interrupted `seal`. Does nothing when it is gone. */
  destroy(id: string): Promise<void>;
}

/** A file with matched bytes, or an attempt to upload them again (then `fileId` is null). */
export interface IncidentUpload {
  fileId: string | null;
  name: string;
  userId: string;
  username: string;
  displayName: string;
  atMs: number;
  address: string;
  port: number | null;
}

export interface IncidentReport {
  incidentType: ReportDraft["incidentType"];
  escalate: string | null;
  additionalInfo: string | null;
  updatedMs: number;
  /** Username of the person who drafted the report, and the name that the report gives. */
  updatedBy: string;
  reporter: string;
  submittedMs: number | null;
  /** The CyberTipline's report number, set together with `submittedMs`. */
  reportId: string | null;
}

/**
 * Claim on a report during its submission. `reportId` is stored before any upload: the next try after a crash retracts that
 * report, or finds that it was finished.
 */
export interface Submission {
  token: string;
  untilMs: number;
  reportId: string | null;
}

/** Stored record of a CSAM match. Its uploads have their own records. Times in milliseconds since 1970. */
export interface IncidentRecord {
  id: string;
  state: Incident["state"];
  sha256: string;
  sizeBytes: number;
  type: string;
  createdMs: number;
  provider: string;
  classification: string;
  matchType: string | null;
  reference: string | null;
  answer: string;
  evidence: Incident["evidence"];
  /** For a repeat: the incident whose evidence holds the bytes; null when there is none. */
  evidenceOf: string | null;
  holdUntilMs: number;
  /** Set for a refused repeat: the account and its number of attempts. */
  repeat: { userId: string; attempts: number } | null;
  report: IncidentReport | null;
  submission: Submission | null;
  closed: { atMs: number; by: string; reason: string } | null;
}

/** Accounts that a commit suspended pending review. `spared` is the last administrator, who stays able to administer. */
export interface Suspensions {
  userIds: string[];
  usernames: string[];
  spared: string | null;
}

/** An upload with a refused hash (SC-4). */
export interface RefusedUpload {
  sha256: string;
  sizeBytes: number;
  type: string;
  name: string;
  ownerId: string;
  from: UploadedFrom;
}

/** Effect of a reinstatement on one account. */
export interface Reinstatement {
  userId: string;
  username: string;
  /** `moved`: another open incident keeps the account suspended. `other`: the suspension is not this incident's and stays. */
  outcome: "lifted" | "moved" | "other";
}

/** A job of this room, run by `Incidents.run`. */
export type IncidentJob =
  /** Moves the bytes to the evidence store, and adds uploads that the incident does not list yet. */
  | { kind: "seal_evidence"; incidentId: string }
  /** Destroys the evidence at the end of the hold. */
  | { kind: "end_evidence"; incidentId: string };

/** Records of incidents. Each write is one commit with its audit entry. */
export interface IncidentStore {
  /**
   * SC-5 in one commit: the scan's conclusion (rejected, hash refused as `match`), the incident, its uploads, suspensions,
   * legal holds, both jobs and the audit entry. `addUploads` writes the uploads beyond the size of one commit. Null when the
   * lease was lost.
   */
  open(
    job: ScanJob,
    verdicts: readonly Verdict[],
    incident: (blob: BlobRecord) => IncidentRecord,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null>;
  /** Adds uploads that the incident does not list yet, as many as fit one commit; null when there are none. */
  addUploads(
    incidentId: string,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null>;
  /**
   * Records a repeated upload of a hash that is refused as `match`: a new incident, or one more attempt in this account's open
   * one. Prolongs the hold of the first match. Null when the hash is not refused as `match`, or the account is gone.
   */
  repeat(
    upload: RefusedUpload,
    incident: (first: IncidentRecord | null) => IncidentRecord,
    auditEntry: (incident: IncidentRecord, suspensions: Suspensions) => AuditEntry,
  ): Promise<{ incident: IncidentRecord; suspensions: Suspensions } | null>;

  incident(incidentId: string): Promise<IncidentRecord | null>;
  /** Returns the match that made the server refuse a hash; null for any other hash. */
  matchOf(sha256: string): Promise<IncidentRecord | null>;
  /** Returns incidents newest first, older than the id `before`, of one state or of all. */
  page(
    query: { before: string | null; state: Incident["state"] | null; limit: number },
  ): Promise<IncidentRecord[]>;
  /** Lists the incidents with sealed evidence. */
  sealed(): AsyncIterable<IncidentRecord>;
  /** Returns up to `limit` uploads in order of arrival. */
  uploads(incidentId: string, limit: number): Promise<IncidentUpload[]>;

  /**
   * Reads the incident, calls `decide` and writes its choice; calls `decide` again when another writer was faster. Without
   * `to` it writes only the audit entry, without an audit entry only the record. `decide` also gets the effect of reinstating
   * the user ids in `reinstate`, which is written in the same commit. Null when there is no such incident.
   */
  change(
    incidentId: string,
    decide: (
      record: IncidentRecord,
      reinstatements: readonly Reinstatement[],
    ) => { to?: IncidentRecord; auditEntry?: AuditEntry } | Refusal,
    reinstate?: readonly string[],
  ): Promise<IncidentRecord | Refusal | null>;
  /** Marks the evidence as destroyed and ends the legal holds of this incident alone. */
  endHold(incidentId: string, auditEntry: AuditEntry): Promise<void>;
  addJobs(jobs: readonly { dueMs: number; job: IncidentJob }[]): Promise<void>;
}

/** Failure of a call to the CyberTipline. `refused`: it answered with an error code. `unavailable`: the outcome is unknown. */
export type TiplineFailure =
  | { failed: "refused"; code: number; text: string }
  | { failed: "unavailable"; text: Said };

/** NCMEC's CyberTipline Reporting API. Never throws; an answer with a code other than 0 is a failure. */
export interface CyberTipline {
  status(): Promise<true | TiplineFailure>;
  /**
   * Opens a report and returns its number. The CyberTipline files it at `finish`, and deletes an unfinished one within a day.
   */
  submit(reportXml: string): Promise<{ reportId: string } | TiplineFailure>;
  upload(
    reportId: string,
    file: { name: string; sizeBytes: number; open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> },
  ): Promise<{ fileId: string } | TiplineFailure>;
  fileInfo(fileDetailsXml: string): Promise<true | TiplineFailure>;
  finish(reportId: string): Promise<true | TiplineFailure>;
  /** Retracts an unfinished report. */
  retract(reportId: string): Promise<true | TiplineFailure>;
}

/** Response codes of the CyberTipline that decide the next step. */
export const tiplineCodes = { noSuchReport: 5001, alreadyFinished: 5102 } as const;
