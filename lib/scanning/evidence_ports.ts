import type { BlobRecord, UploadedFrom } from "../files/mod.ts";
import type { AuditEntry } from "../platform/mod.ts";
import type { Incident, Refusal, ReportDraft, Verdict } from "../protocol/mod.ts";
import type { ScanJob } from "./ports.ts";

/** Why sealed evidence cannot be read: it was changed, cut off, swapped, or sealed with another key. For an operator. */
export class EvidenceProblem extends Error {
  override readonly name = "EvidenceProblem";
}

/**
 * Where matched bytes are kept encrypted, each under the id of its incident (SC-5). No route leads here. Throws
 * `EvidenceProblem` for what lies there and cannot be trusted, and what the disk throws.
 */
export interface EvidenceStore {
  /** Encrypts aside, reads it back, then moves it to its place. Throws when the bytes do not have the hash or the size. */
  seal(
    id: string,
    plain: ReadableStream<Uint8Array>,
    what: { sha256: string; sizeBytes: number },
  ): Promise<void>;
  /** Decrypts everything and compares hash and size. False when nothing lies there. */
  verify(id: string, what: { sha256: string; sizeBytes: number }): Promise<boolean>;
  /** The plain bytes, which fail at their end when they are not whole; null when nothing lies there. */
  open(id: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Removes it, and what an interrupted `seal` left; nothing when it is gone. */
  destroy(id: string): Promise<void>;
}

/** A file that refers to matched bytes, or an attempt to upload them again (then without a file). */
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
  /** Username of who drafted it, and the name that the report gives. */
  updatedBy: string;
  reporter: string;
  submittedMs: number | null;
  /** The CyberTipline's number, set with `submittedMs`. */
  reportId: string | null;
}

/**
 * That the report is being submitted. `reportId` is stored before anything is uploaded, so that a submission that was cut
 * off is taken back, or found to have arrived, before it is made again.
 */
export interface Submission {
  token: string;
  untilMs: number;
  reportId: string | null;
}

/** A CSAM match as it is stored; its uploads lie beside it. Times in milliseconds since 1970. */
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
  /** With a repeat: the incident under whose id the bytes are sealed; null when there is none. */
  evidenceOf: string | null;
  holdUntilMs: number;
  /** Set for a refused repeat: whose, and how often it was tried. */
  repeat: { userId: string; attempts: number } | null;
  report: IncidentReport | null;
  submission: Submission | null;
  closed: { atMs: number; by: string; reason: string } | null;
}

/** Whom a commit suspended pending review; `spared` is the last administrator, who has to be able to administer. */
export interface Suspensions {
  userIds: string[];
  usernames: string[];
  spared: string | null;
}

/** An upload that was refused because its hash is (SC-4). */
export interface RefusedUpload {
  sha256: string;
  sizeBytes: number;
  type: string;
  name: string;
  ownerId: string;
  from: UploadedFrom;
}

/** What becomes of the suspension of an account that is to be reinstated. */
export interface Reinstatement {
  userId: string;
  username: string;
  /** `moved`: another incident is not closed yet and keeps the account suspended. `other`: not this incident's, left as it is. */
  outcome: "lifted" | "moved" | "other";
}

/** A job of this room; compose hands it to `Incidents.run`. */
export type IncidentJob =
  /** Moves the bytes to the evidence store, and adds uploads that the incident does not name yet. */
  | { kind: "seal_evidence"; incidentId: string }
  /** Destroys the evidence at the end of the hold. */
  | { kind: "end_evidence"; incidentId: string };

/** What incidents ask of the store. Each write is one commit with its audit entry. */
export interface IncidentStore {
  /**
   * SC-5 in one step: the conclusion of the scan (rejected, refused as `match`), the incident, its uploads, suspensions,
   * legal holds, both jobs and the audit entry. What one commit cannot hold is left to `addUploads`. Null when the lease was lost.
   */
  open(
    job: ScanJob,
    verdicts: readonly Verdict[],
    incident: (blob: BlobRecord) => IncidentRecord,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null>;
  /** Adds uploads that the incident does not name yet, as many as one commit holds; null when there are none. */
  addUploads(
    incidentId: string,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null>;
  /**
   * A repeat of a hash that is refused as `match`: a new incident, or another attempt in the one of this account that is not
   * closed. Prolongs the hold of the first match. Null when the hash is not refused as `match`, or there is no such account.
   */
  repeat(
    upload: RefusedUpload,
    incident: (first: IncidentRecord | null) => IncidentRecord,
    auditEntry: (incident: IncidentRecord, suspensions: Suspensions) => AuditEntry,
  ): Promise<{ incident: IncidentRecord; suspensions: Suspensions } | null>;

  incident(incidentId: string): Promise<IncidentRecord | null>;
  /** The match that a hash was refused with; null when it was not refused for one. */
  matchOf(sha256: string): Promise<IncidentRecord | null>;
  /** Newest first, before an id, of one state or of all. */
  page(
    query: { before: string | null; state: Incident["state"] | null; limit: number },
  ): Promise<IncidentRecord[]>;
  /** Incidents whose bytes are sealed. */
  sealed(): AsyncIterable<IncidentRecord>;
  /** In the order in which they came, up to `limit`. */
  uploads(incidentId: string, limit: number): Promise<IncidentUpload[]>;

  /**
   * Reads, lets `decide` choose and writes; `decide` runs again when another writer was faster. Without `to` only the audit entry is
   * written, without an audit entry only the record. `reinstate` are user ids; with what would become of them, `decide` chooses, and
   * they are written with it. Null when there is no such incident.
   */
  change(
    incidentId: string,
    decide: (
      record: IncidentRecord,
      reinstatements: readonly Reinstatement[],
    ) => { to?: IncidentRecord; auditEntry?: AuditEntry } | Refusal,
    reinstate?: readonly string[],
  ): Promise<IncidentRecord | Refusal | null>;
  /** The evidence is destroyed: marks it, and ends the legal holds that are this incident's only. */
  endHold(incidentId: string, auditEntry: AuditEntry): Promise<void>;
  addJobs(jobs: readonly { dueMs: number; job: IncidentJob }[]): Promise<void>;
}

/** How a call of the CyberTipline went wrong. `refused`: it answered, with its code. `unavailable`: nobody knows. */
export type TiplineFailure =
  | { failed: "refused"; code: number; text: string }
  | { failed: "unavailable"; text: string };

/** NCMEC's CyberTipline Reporting API. Never throws; an answer with another code than 0 is a failure. */
export interface CyberTipline {
  status(): Promise<true | TiplineFailure>;
  /** Opens a report; gives its number. It is not filed before `finish`, and deleted by itself within a day. */
  submit(reportXml: string): Promise<{ reportId: string } | TiplineFailure>;
  upload(
    reportId: string,
    file: { name: string; sizeBytes: number; open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> },
  ): Promise<{ fileId: string } | TiplineFailure>;
  fileInfo(fileDetailsXml: string): Promise<true | TiplineFailure>;
  finish(reportId: string): Promise<true | TiplineFailure>;
  /** Takes back a report that was not finished. */
  retract(reportId: string): Promise<true | TiplineFailure>;
}

/** Codes of the CyberTipline that decide what happens next. */
export const tiplineCodes = { noSuchReport: 5001, alreadyFinished: 5102 } as const;
