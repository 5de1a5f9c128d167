import { z } from "zod";
import { because } from "./message.ts";
import { limits } from "./limits.ts";
import { moderationLimits } from "./moderation_limits.ts";
import { staffRemoval } from "./removals.ts";
import { reportAbout, reportKinds, reportReason, reportSnapshot } from "./reports.ts";
import { record } from "./record.ts";
import { id, reasonGiven, time } from "./text.ts";

/** MO-2: what stands in the one queue. */
export const queueKind = z.enum(["report", "appeal", "removal", "file", "incident"]);
export type QueueKind = z.infer<typeof queueKind>;

/** An id of the queue: of a case, an incident, or the hash of a file. */
export const queueId = z.string().regex(/^([0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{64})$/, {
  error: because("field.id"),
});

/** Outcomes: of a report, of an appeal, of a request for removal, of a held file. */
export const queueOutcome = z.enum([
  "upheld",
  "dismissed",
  "fine",
  "granted",
  "refused",
  "removed",
  "kept",
  "release",
  "reject",
]);
export type QueueOutcome = z.infer<typeof queueOutcome>;

export const sanctionKind = z.enum(["warn", "mute", "limit", "suspend"]);
export type SanctionKind = z.infer<typeof sanctionKind>;

const queueAction = z.strictObject({ kind: sanctionKind, until: time.nullish() });
export type QueueAction = z.infer<typeof queueAction>;

/**
 * MO-2: a decision. `reason`: what the person concerned reads with each sanction, and the audit log keeps. `badFaith`: the report
 * or request was made to harm, and counts against its authors. `second`: another moderator has to decide the same.
 */
export const queueDecision = z.strictObject({
  outcome: queueOutcome,
  reason: reasonGiven(limits.note),
  actions: z.array(queueAction).max(moderationLimits.decisionActions).optional(),
  badFaith: z.literal(true).optional(),
  second: z.literal(true).optional(),
});
export type QueueDecision = z.infer<typeof queueDecision>;

export const queueUndo = z.strictObject({ reason: reasonGiven(limits.note) });
export const queueNote = z.strictObject({ text: reasonGiven(limits.note) });
export const queueClaim = z.strictObject({ release: z.literal(true).optional() });

/** `state` `decided` lists what was decided, newest first. */
export const queueQuery = z.strictObject({
  state: z.enum(["open", "decided"]).optional(),
  kind: queueKind.optional(),
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});
export type QueueQuery = z.infer<typeof queueQuery>;

const claim = z.object({ by: z.string(), until: z.string(), yours: z.boolean() });
const decided = z.object({
  at: z.string(),
  by: z.string(),
  outcome: queueOutcome,
  reason: z.string(),
  actions: z.array(z.object({ kind: sanctionKind, until: z.string().nullable() })),
});
export const queueItem = z.object({
  id: queueId,
  kind: queueKind,
  /** 3 is the worst. */
  harm: z.number().int().min(1).max(3),
  reason: reportReason.nullable(),
  /** The kind of what is reported first. */
  about: z.enum(reportKinds).nullable(),
  title: z.string(),
  /** Username of the person concerned. */
  user: z.string().nullable(),
  /** Reports that are folded into it; else 1. */
  count: z.number().int().positive(),
  createdAt: z.string(),
  /** MO-8: by when it has to be decided. */
  dueAt: z.string().nullable(),
  claim: claim.nullable(),
  /** A second opinion is asked for, by this moderator. */
  second: z.string().nullable(),
  /** Set when the caller cannot decide it: they decided what is appealed, or asked for the second opinion. */
  notYours: z.literal(true).optional(),
  decided: decided.nullable(),
});
export type QueueItem = z.infer<typeof queueItem>;

const kindCounts = z.object({
  report: z.number(),
  appeal: z.number(),
  removal: z.number(),
  file: z.number(),
  incident: z.number(),
});
/** `waiting` counts up to `moderationLimits.queueCounted` of each kind. */
export const queuePage = z.object({
  items: z.array(queueItem),
  next: z.string().nullable(),
  waiting: kindCounts,
});
export type QueuePage = z.infer<typeof queuePage>;

/** A report as moderators see it. */
export const staffReport = z.object({
  id,
  caseId: id,
  about: reportAbout,
  reason: reportReason,
  note: z.string().nullable(),
  createdAt: z.string(),
  /** Null once the account was deleted. */
  reporter: z.string().nullable(),
  snapshot: reportSnapshot,
  /** The same item was reviewed before and found to be fine. */
  reviewed: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type StaffReport = z.infer<typeof staffReport>;

/** What moderators know of reports about a person, in the last 90 days. */
export const reportHistory = z.object({
  total: z.number(),
  people: z.number(),
  upheld: z.number(),
  dismissed: z.number(),
  open: z.number(),
});
export type ReportHistory = z.infer<typeof reportHistory>;

const ruleMet = z.object({
  upheld: z.number(),
  days: z.number(),
  sanction: sanctionKind,
  lastsDays: z.number(),
  dryRun: z.boolean(),
});
export const queueDetail = z.object({
  item: queueItem,
  /** The newest, up to `moderationLimits.reportsShown`. */
  reports: z.array(staffReport),
  appeal: z.object({
    text: z.string(),
    sanction: z.object({
      id,
      kind: sanctionKind,
      reason: z.string(),
      until: z.string().nullable(),
      createdAt: z.string(),
      by: z.string(),
    }),
  }).nullable(),
  removal: staffRemoval.nullable(),
  notes: z.array(z.object({ at: z.string(), by: z.string(), text: z.string() })),
  proposal: decided.nullable(),
  /** The automatic rule that upholding it would meet. */
  rule: ruleMet.nullable(),
  history: reportHistory.nullable(),
});
export type QueueDetail = z.infer<typeof queueDetail>;

/** MO-2: numbers of the last `days`. `medianMs`: null without a decision. */
export const queueStats = z.object({
  days: z.number(),
  waiting: kindCounts,
  decided: z.number(),
  undone: z.number(),
  medianMs: z.number().nullable(),
  byKind: record(z.string(), z.number()),
  byOutcome: record(z.string(), z.number()),
  byModerator: record(z.string(), z.number()),
});
export type QueueStats = z.infer<typeof queueStats>;

/** The year of a transparency report. */
export const transparencyQuery = z.strictObject({ year: z.coerce.number().int().min(2020).max(9999) });

/** MO-7: a reason for sanctions that admins keep, and the text that it offers. */
export const sanctionReason = z.strictObject({
  title: reasonGiven(limits.title),
  text: reasonGiven(limits.note),
});
export const sanctionReasons = z.strictObject({
  reasons: z.array(sanctionReason).max(moderationLimits.sanctionReasons),
});
export type SanctionReason = z.infer<typeof sanctionReason>;

/**
 * MO-2: a person with so many upheld cases within so many days gets this sanction with the next decision that upholds one.
 * `dryRun`: only the audit log says so.
 */
export const autoRule = z.strictObject({
  upheld: z.number().int().min(2).max(50),
  days: z.number().int().min(1).max(365),
  sanction: z.enum(["mute", "limit"]),
  lastsDays: z.number().int().min(1).max(365),
  dryRun: z.boolean(),
});
export type AutoRule = z.infer<typeof autoRule>;
export const autoRules = z.strictObject({ rules: z.array(autoRule).max(moderationLimits.autoRules) });
