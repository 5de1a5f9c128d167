import type { Message } from "./message.ts";
import { z } from "zod";
import { limits } from "./limits.ts";
import { id, reasonGiven, sha256, text } from "./text.ts";

/** FI-4: what may be done with a file. Only `clean` is handed to anybody. */
export const fileStates = ["scanning", "clean", "rejected", "held"] as const;
export const fileState = z.enum(fileStates);
export type FileState = z.infer<typeof fileState>;

/** Why a file of a command is not shown: it is gone, still being checked, or did not pass. */
export type Absence = "gone" | "scanning" | "unclean";

/** FI-4. `size` in bytes; `type` is sniffed from the bytes; `name` as it was given, cleaned (FI-8). */
export const fileObject = z.object({
  id,
  sha256,
  name: z.string(),
  size: z.number().int().nonnegative(),
  type: z.string(),
  state: fileState,
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type FileObject = z.infer<typeof fileObject>;

/** Newest first; `next` is what to pass as `before` for the following page. */
export const filePage = z.object({ files: z.array(fileObject), next: id.nullable() });
export type FilePage = z.infer<typeof filePage>;
export const fileQuery = z.strictObject({
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});

/** SC-2: what one scanner said of a blob. */
export const verdictKind = z.enum([
  "clean",
  "infected",
  "match",
  "ncii",
  "listed",
  "incomplete",
  "not_applicable",
  "error",
]);
export type VerdictKind = z.infer<typeof verdictKind>;

/** SC-4: a verdict as moderators see it. */
export const verdict = z.object({
  check: z.enum(["virus", "csam", "moderator"]),
  verdict: verdictKind,
  /** What was asked, like `clamd`; a moderator's username. */
  scanner: z.string(),
  version: z.string(),
  /** What it answered, shortened; a moderator's reason. */
  answer: z.string(),
  at: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

/** A blob as moderators see it: what it is and who refers to it, never its content. */
export const adminFile = z.object({
  sha256,
  size: z.number(),
  type: z.string(),
  state: fileState,
  createdAt: z.string(),
  verdicts: z.array(verdict),
  uploads: z.array(z.object({ fileId: id, name: z.string(), owner: z.string(), createdAt: z.string() })),
  /** Times that its scan was tried without an answer that counts, and when it is tried again. */
  attempts: z.number(),
  nextAttemptAt: z.string().nullable(),
  /** SC-8: until when the bytes of a rejected file are in quarantine; null when they are not, or no longer. */
  quarantinedUntil: z.string().nullable(),
});
export type AdminFile = z.infer<typeof adminFile>;
/** `next` is the SHA-256 to pass as `after` for the following page. */
export const adminFilePage = z.object({ files: z.array(adminFile), next: sha256.nullable() });
export type AdminFilePage = z.infer<typeof adminFilePage>;
export const adminFileQuery = z.strictObject({
  state: z.enum(["scanning", "held", "rejected"]).optional(),
  after: sha256.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});
/** A moderator's word on a held file, or the release of a rejected one that is in quarantine. */
export const fileDecision = z.strictObject({
  release: z.boolean(),
  reason: reasonGiven(limits.note),
  /** SC-8: the release of a file that was rejected. Without it only held files are decided. */
  falseAlarm: z.boolean().optional(),
});
export type FileDecision = z.infer<typeof fileDecision>;

/** SC-5: a CSAM match and its preservation, without the picture. */
export const incident = z.object({
  id,
  state: z.enum(["open", "reported", "closed"]),
  sha256,
  size: z.number(),
  type: z.string(),
  createdAt: z.string(),
  /** Who said so, and what: classification, kind of match, the service's reference. */
  provider: z.string(),
  classification: z.string(),
  matchType: z.string().nullable(),
  answer: z.string(),
  uploads: z.array(z.object({
    fileId: id.nullable(),
    name: z.string(),
    userId: z.string(),
    username: z.string(),
    at: z.string(),
    address: z.string(),
    port: z.number().nullable(),
  })),
  /** Where the bytes are: still moving, sealed, or destroyed at the end of the hold. `none` for a refused repeat. */
  evidence: z.enum(["sealing", "sealed", "destroyed", "none"]),
  holdUntil: z.string(),
  report: z.object({
    incidentType: z.string(),
    escalate: z.string().nullable(),
    additionalInfo: z.string().nullable(),
    updatedAt: z.string(),
    updatedBy: z.string(),
    submittedAt: z.string().nullable(),
    reportId: z.string().nullable(),
  }).nullable(),
  closed: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type Incident = z.infer<typeof incident>;
export const incidentPage = z.object({ incidents: z.array(incident), next: id.nullable() });
export type IncidentPage = z.infer<typeof incidentPage>;
export const incidentQuery = z.strictObject({
  state: z.enum(["open", "reported", "closed"]).optional(),
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});
/** NCMEC's `incidentType` values; the first is what a match of an upload is. */
export const incidentTypes = [
  "Child Pornography (possession, manufacture, and distribution)",
  "Child Sex Trafficking",
  "Child Sex Tourism",
  "Child Sexual Molestation",
  "Misleading Domain Name",
  "Misleading Words or Digital Images on the Internet",
  "Online Enticement of Children for Sexual Acts",
  "Unsolicited Obscene Material Sent to a Child",
] as const;
export const reportDraft = z.strictObject({
  incidentType: z.enum(incidentTypes),
  /** Why it is urgent; null or left out when it is not. */
  escalate: text(limits.note).nullish(),
  additionalInfo: text(limits.note).nullish(),
});
export type ReportDraft = z.infer<typeof reportDraft>;
export const incidentClose = z.strictObject({
  reason: reasonGiven(limits.note),
  /** Accounts whose suspension pending review ends with this. */
  reinstate: z.array(z.string()).max(100).optional(),
});
export type IncidentClose = z.infer<typeof incidentClose>;

/** What the checks of files stand on, for banners, `/readyz` and the overview (SC-7). */
export interface ScanStatus {
  virus: { scanner: string; version: string; ok: boolean; reason: Message | null; real: boolean };
  csam: { scanner: string; version: string; ok: boolean; reason: Message | null; real: boolean };
  /** Blobs that wait for a scan or are in one. */
  backlog: number;
}
