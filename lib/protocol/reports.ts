import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { attachment } from "./commands.ts";
import { record } from "./record.ts";
import { id, slug, text, username } from "./text.ts";

/** MO-1: why something is reported, the worst first. */
export const reportReasons = [
  "danger",
  "threat",
  "intimate",
  "illegal",
  "harassment",
  "sexual",
  "impersonation",
  "spam",
  "wrong_category",
  "other",
] as const;
export const reportReason = z.enum(reportReasons);
export type ReportReason = z.infer<typeof reportReason>;

/** The kinds of things that can be reported. */
export const reportKinds = ["user", "command", "message", "file", "group"] as const;
export type ReportKind = (typeof reportKinds)[number];

/** MO-1: what is reported: one of a username, the id of a command, a chat message or a file, or the name of a group. */
export const reportAbout = z.strictObject({
  user: username.optional(),
  command: id.optional(),
  message: id.optional(),
  file: id.optional(),
  group: slug.optional(),
}).refine((about) => Object.values(about).filter((one) => one !== undefined).length === 1, {
  error: because("field.aboutOne"),
});
export type ReportAbout = z.infer<typeof reportAbout>;

/** The kind and the name or id of what is reported. */
export function aboutOf(about: ReportAbout): { kind: ReportKind; id: string } {
  for (const kind of reportKinds) {
    const found = about[kind];
    if (found !== undefined) return { kind, id: found };
  }
  throw new Error("A report is about nothing.");
}

/** `block`: also blocks the person, before the report is written. */
export const reportBody = z.strictObject({
  about: reportAbout,
  reason: reportReason,
  note: text(limits.note).nullish(),
  block: z.literal(true).optional(),
});
export type ReportBody = z.infer<typeof reportBody>;

/**
 * A report as its author sees it. `outcome`: `acted` or `none` once it was decided, with nothing of what others' rules or
 * sanctions are.
 */
export const ownReport = z.object({
  id,
  about: reportAbout,
  reason: reportReason,
  note: z.string().nullable(),
  createdAt: z.string(),
  outcome: z.enum(["acted", "none"]).nullable(),
  decidedAt: z.string().nullable(),
});
export type OwnReport = z.infer<typeof ownReport>;
export const ownReportAnswer = z.object({ report: ownReport });
/** Newest first. `next` is what to pass as `before` for the following page. */
export const ownReportPage = z.object({ reports: z.array(ownReport), next: id.nullable() });
export type OwnReportPage = z.infer<typeof ownReportPage>;

export const ownReportQuery = z.strictObject({
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});

/** One line of what was around the reported item, as the reporter saw it. */
const contextLine = z.object({
  at: z.string().nullable(),
  by: z.enum(["reported", "reporter", "server"]),
  text: z.string(),
});

/** MO-1: what was reported, as it was then. */
export const reportSnapshot = z.object({
  kind: z.enum(reportKinds),
  title: z.string(),
  text: z.string(),
  at: z.string().nullable(),
  categories: z.array(z.string()),
  data: record(z.string(), z.unknown()).nullable(),
  files: z.array(attachment),
  context: z.array(contextLine),
});
export type ReportSnapshot = z.infer<typeof reportSnapshot>;
