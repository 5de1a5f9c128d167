import { z } from "zod";
import { askingKinds, isAsking } from "./asks_of.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { answerTotals, dataIssues, givenAnswer } from "./questions.ts";
import { record } from "./record.ts";
import { cursor, id, jsonData, line, name, sha256, slug, text, time, username } from "./text.ts";

/** CM-4. The moves between them stand in `lib/commands/lifecycle.ts`. */
export const commandStates = [
  "scheduled",
  "queued",
  "delivered",
  "seen",
  "accepted",
  "submitted",
  "completed",
  "deferred",
  "declined",
  "returned",
  "failed",
  "expired",
  "cancelled",
  "stopped",
] as const;
export const commandState = z.enum(commandStates);
export type CommandState = z.infer<typeof commandState>;

/** CM-2, CM-9: the server's own kinds; clients add theirs as `x-…`. */
export const commandKind = z.union([
  z.enum(["message", "task", "media", "link", ...askingKinds]),
  z.string().regex(/^x-[a-z0-9][a-z0-9-]{0,30}$/),
], { error: because("field.kind") });

/** CM-5. */
export const requirement = z.enum(["none", "confirmation", "proof", "review"]);
export type Requirement = z.infer<typeof requirement>;

/** BR-1. */
export const audience = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("user"), to: z.array(username).min(1).max(limits.recipients) }),
  z.strictObject({ kind: z.literal("group"), group: slug }),
  z.strictObject({ kind: z.literal("category"), category: slug }),
  z.strictObject({ kind: z.literal("all") }),
]);
export type Audience = z.infer<typeof audience>;

const httpsUrl = z.string().max(2048).refine((value) => {
  // The parser also takes an address without slashes, or with blanks around it, which a page reads as its own path.
  const url = /^https:\/\/[^\s\\]*$/i.test(value) ? URL.parse(value) : null;
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}, { error: because("field.https") });

/** What `command.send` and `command.preview` take (CM-1, CM-2). Times are checked against the clock by the service. */
export const commandDraft = z.strictObject({
  key: line(limits.keyLength, 1),
  audience,
  kind: commandKind,
  title: name(limits.title, 0).optional(),
  body: text(limits.body).optional(),
  data: jsonData.optional(),
  categories: z.array(slug).max(limits.categories).optional(),
  attachments: z.array(id).max(limits.attachments).optional(),
  deliverAt: time.nullish(),
  dueAt: time.nullish(),
  expiresAt: time.nullish(),
  requires: requirement.optional(),
}).superRefine((draft, ctx) => {
  if (isAsking(draft.kind)) {
    for (const issue of dataIssues(draft.kind, draft.data)) {
      ctx.addIssue({ ...issue, path: ["data", ...issue.path] });
    }
  }
  if (draft.kind !== "link") return;
  const href = httpsUrl.safeParse(draft.data?.href);
  if (!href.success) {
    ctx.addIssue({ code: "custom", path: ["data", "href"], message: because("field.href") });
  }
});
export type CommandDraft = z.infer<typeof commandDraft>;

/**
 * CM-11: the fields of a draft that change; `null` takes one out. The whole must be a draft again, which the service checks, as it
 * has the rest of it.
 */
export const commandChange = z.strictObject({
  id,
  kind: commandKind.optional(),
  title: name(limits.title, 0).nullish(),
  body: text(limits.body).nullish(),
  data: jsonData.nullish(),
  categories: z.array(slug).max(limits.categories).optional(),
  attachments: z.array(id).max(limits.attachments).optional(),
  deliverAt: time.nullish(),
  dueAt: time.nullish(),
  expiresAt: time.nullish(),
  requires: requirement.optional(),
});

export const attachment = z.object({
  fileId: id,
  sha256,
  name: z.string(),
  size: z.number(),
  type: z.string(),
});

export const commandSender = z.object({ id, username: z.string(), displayName: z.string() });

/** CM-3: a command as it leaves the process. `expiresAt` is always set: the sender's own or the end of retention. */
export const command = z.object({
  id,
  kind: z.string(),
  title: z.string().nullable(),
  body: z.string().nullable(),
  data: record(z.string(), z.unknown()).nullable(),
  categories: z.array(z.string()),
  attachments: z.array(attachment),
  from: commandSender,
  audience: z.object({ kind: z.enum(["user", "group", "category", "all"]), name: z.string().optional() }),
  createdAt: z.string(),
  deliverAt: z.string().nullable(),
  dueAt: z.string().nullable(),
  expiresAt: z.string(),
  requires: requirement,
});
export type Command = z.infer<typeof command>;

/** CO-2: all that a device learns of a command with an `ask` category before the person opens it. */
export const sealedCommand = z.object({
  id,
  sealed: z.literal(true),
  from: commandSender,
  categories: z.array(z.string()),
  createdAt: z.string(),
  deliverAt: z.string().nullable(),
  dueAt: z.string().nullable(),
  expiresAt: z.string(),
});
export type SealedCommand = z.infer<typeof sealedCommand>;

export const deliveredCommand = z.union([sealedCommand, command]);
export type DeliveredCommand = z.infer<typeof deliveredCommand>;

export const delivery = z.object({ cursor, command: deliveredCommand, state: commandState });
export type Delivery = z.infer<typeof delivery>;

/**
 * BR-3. For callers who are not admins, a count under 5 is `"<5"`, others are rounded down to two digits, and no count depends
 * on anyone's rules: `excluded` is empty, and `online` and `offline` are absent (CO-10).
 */
export const count = z.union([z.number().int().nonnegative(), z.literal("<5")]);
export const audienceCounts = z.object({
  matched: count,
  online: count.optional(),
  offline: count.optional(),
  excluded: record(z.string(), count),
});
export type AudienceCounts = z.infer<typeof audienceCounts>;

/**
 * One thing that happened to a command. `who` is the username of the person who did it. What the server did has the
 * recipient's for the sender, and no `who` where it concerns nobody in particular. `recipient` is set for the sender where
 * another person changed a recipient's state, as in a review. `proof`: the files of a submission, also of one that was returned.
 * `edited`, for the sender only: they changed it before anyone had it (CM-11); the state is that of one that waits.
 */
export const timelineEntry = z.object({
  at: z.string(),
  state: commandState,
  who: z.string().optional(),
  recipient: z.string().optional(),
  note: z.string().optional(),
  proof: z.array(attachment).optional(),
  edited: z.literal(true).optional(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** CM-5: the sender's review of the last submission. */
export const review = z.object({ accept: z.boolean(), note: z.string().nullable(), at: z.string() });
export type Review = z.infer<typeof review>;

/**
 * A recipient's state as the recipient sees it. `note` is the recipient's own; `review` is absent until there is one. `allowedBy` is the rule that let the command through (CO-8).
 */
export const ownState = z.object({
  state: commandState,
  updatedAt: z.string(),
  until: z.string().nullable(),
  note: z.string().nullable(),
  /** Their own files of the last submission; absent when there are none. */
  proof: z.array(attachment).optional(),
  /** CM-9: their own answer; absent until there is one. */
  answer: givenAnswer.optional(),
  /** CM-9: when the person started the timer; absent while it does not run. */
  startedAt: z.string().optional(),
  review: review.optional(),
  allowedBy: z.string().nullable(),
  /** CM-13: until then `inbox.undo` takes the answer back; absent when there is none to undo. */
  undoUntil: z.string().optional(),
});
export type OwnState = z.infer<typeof ownState>;

/**
 * A recipient's state as the sender sees it: nothing that tells a withheld command from a waiting one (CO-3). `note` and `proof`
 * are the recipient's; `review` is the sender's, absent until there is one.
 */
export const recipientState = z.object({
  username: z.string(),
  displayName: z.string(),
  state: commandState,
  updatedAt: z.string(),
  note: z.string().nullable(),
  proof: z.array(attachment),
  answer: givenAnswer.optional(),
  startedAt: z.string().optional(),
  review: review.optional(),
});
export type RecipientState = z.infer<typeof recipientState>;

export const totals = z.partialRecord(commandState, z.number().int().nonnegative());
export type Totals = z.infer<typeof totals>;

/** CM-7. `answers`: for the sender of a kind that asks for one (CM-9). */
export const commandDetail = z.object({
  command: deliveredCommand,
  state: ownState.optional(),
  totals: totals.optional(),
  answers: answerTotals.optional(),
  recipients: z.array(recipientState).optional(),
  timeline: z.array(timelineEntry),
});
export type CommandDetail = z.infer<typeof commandDetail>;

/** One row of `inbox.list` or `command.list`. */
export const listItem = z.object({
  command: deliveredCommand,
  state: ownState.optional(),
  totals: totals.optional(),
  recipients: z.array(recipientState).optional(),
});
export type ListItem = z.infer<typeof listItem>;

/** `before` is the id of the last command of the page before; `next` is what to pass for the following page. */
export const commandPage = z.object({ items: z.array(listItem), next: id.nullable() });
export type CommandPage = z.infer<typeof commandPage>;

/**
 * UI-9: the views of the inbox. `all`: what is open and not deferred. `today`: of these, what is due until the person's
 * midnight; `overdue`: what was due before; `sealed`: what is not opened yet (CO-2). `later`: what is deferred. `done`: what
 * has ended, newest first.
 */
export const inboxViews = ["all", "today", "overdue", "later", "sealed", "done"] as const;
export const inboxView = z.enum(inboxViews);
export type InboxView = z.infer<typeof inboxView>;

/**
 * UI-9: the views of what the person sent. `all`: what is open for somebody. `review`: what recipients submitted for review, with
 * these recipients only, the longest wait first. `done`: what has ended for everyone.
 */
export const outboxViews = ["all", "review", "done"] as const;
export type OutboxView = (typeof outboxViews)[number];

/**
 * UI-9: how many commands each view has. `unseen`: those in `all` that the person has not looked at. `held`: those that wait
 * for quiet hours, a daily limit or a rule of the person's own (CO-4), and until when the first of them does; null: until
 * something else happens. `review`: submissions that wait for the person's review, at most `limits.reviewsCounted`.
 */
export const inboxCounts = z.object({
  all: z.number(),
  today: z.number(),
  overdue: z.number(),
  later: z.number(),
  sealed: z.number(),
  unseen: z.number(),
  review: z.number(),
  held: z.object({ count: z.number(), until: z.string().nullable() }),
});
export type InboxCounts = z.infer<typeof inboxCounts>;

/** What became of each command of an answer to several, in their order: its state now, or why it was refused. */
export const answered = z.object({
  results: z.array(z.object({
    id,
    state: ownState.optional(),
    command: deliveredCommand.optional(),
    error: z.object({ kind: z.string(), message: z.string() }).optional(),
  })),
});
export type Answered = z.infer<typeof answered>;

/**
 * `command.changed`. To a recipient's devices: `id`, `state`, and `command` when it was opened. To the sender:
 * with `recipient` for a direct command, with `totals` for others.
 */
export const commandChanged = z.object({
  id,
  state: commandState.optional(),
  recipient: z.string().optional(),
  note: z.string().nullable().optional(),
  answer: givenAnswer.optional(),
  startedAt: z.string().optional(),
  review: review.optional(),
  until: z.string().nullable().optional(),
  totals: totals.optional(),
  command: deliveredCommand.optional(),
  at: z.string(),
});
export type CommandChanged = z.infer<typeof commandChanged>;
