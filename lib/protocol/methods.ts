import { z } from "zod";
import * as ch from "./chat.ts";
import * as c from "./commands.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { fileObject } from "./files.ts";
import * as g from "./grants.ts";
import { notice, noticePage, noticesUnread } from "./notices.ts";
import * as p from "./people.ts";
import { answerInput } from "./questions.ts";
import * as r from "./reports.ts";
import { appealBody, ownSanction, ownSanctionList } from "./sanctions.ts";
import { cursor, device, id, slug, text, time, username } from "./text.ts";

const nothing = z.strictObject({});
const page = { before: id.optional(), limit: z.number().int().min(1).max(limits.pageMax).optional() };
const ids = z.array(id).min(1).max(limits.answersAtOnce);
const search = {
  view: c.inboxView.optional(),
  kind: c.commandKind.optional(),
  from: username.optional(),
  q: text(limits.searchLength).optional(),
  since: time.optional(),
  sort: z.enum(["due", "new"]).optional(),
};
const filter = { state: c.commandState.optional(), category: slug.optional() };

/** The query of `POST /api/v1/rpc` (WS-12): that of its stream, of which only `device` says something here. */
export const deviceQuery = z.strictObject({
  device: device.default("default"),
  window: z.string().max(8).optional(),
  accept: z.string().max(1200).optional(),
});

/** The query of `POST /api/v1/commands`: for how many seconds to wait for the answer. */
export const commandSendQuery = z.strictObject({
  wait: z.coerce.number().int().min(1).max(limits.waitSeconds).optional(),
});

/** The answer of `POST /api/v1/commands`; `recipient` with `wait`. */
export const commandSent = z.object({
  command: c.command,
  audience: c.audienceCounts,
  recipient: c.recipientState.optional(),
});

/** The query of `GET /api/v1/commands`: as `command.list`. */
export const commandListQuery = z.strictObject({
  box: z.enum(["inbox", "outbox"]),
  ...filter,
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});

/**
 * Every request of the socket: what it takes and what it answers. `params` schemas are strict: an unknown
 * field is refused (WS-2). Methods that are not counted against the request rate say so (WS-9).
 */
export const methods = {
  "heartbeat": { params: nothing, result: z.object({ serverTime: z.string() }), uncounted: true },
  "inbox.ack": { params: z.strictObject({ cursor }), result: z.object({ cursor }), uncounted: true },
  /**
   * `open`: without closed ones. `q`: every word is in the title, the text, a category, a file's name or the sender's names;
   * case and accents do not count. `from` is a sender's username. `since` and `before` the time of sending bound the search:
   * `since` is a time, `before` a command. A `view` but `done` is sorted by `sort`: `due` (the default) has the earliest
   * deadline first, then the newest. A page that has fewer than `limit` items may still have a `next`.
   */
  "inbox.list": {
    params: z.strictObject({ ...filter, ...page, ...search, open: z.literal(true).optional() }),
    result: c.commandPage,
  },
  /** UI-9. Only counts: nothing is delivered. */
  "inbox.counts": { params: nothing, result: c.inboxCounts },
  /** UI-9: one answer to several commands. Each is taken or refused by itself. */
  "inbox.update": {
    params: z.strictObject({
      ids,
      state: c.commandState,
      note: text(limits.note).nullish(),
      until: time.nullish(),
    }),
    result: c.answered,
  },
  /** CM-13: takes back the last answer to each command, for `limits.answerUndoMs` after it. The sender sees what was before. */
  "inbox.undo": { params: z.strictObject({ ids }), result: c.answered },
  "command.send": {
    params: c.commandDraft,
    result: z.object({ command: c.command, audience: c.audienceCounts }),
  },
  "command.preview": { params: c.commandDraft, result: c.audienceCounts },
  /**
   * The inbox as `inbox.list`, or what the person sent, newest first. That has views of its own, and `to`: the username of a
   * recipient of direct commands. With `state`: somebody is in that state.
   */
  "command.list": {
    params: z.strictObject({
      box: z.enum(["inbox", "outbox"]),
      ...filter,
      ...page,
      ...search,
      view: z.enum([...c.inboxViews, ...c.outboxViews]).optional(),
      to: username.optional(),
    }).superRefine(({ box, view, to, sort }, ctx) => {
      const views: readonly string[] = box === "inbox" ? c.inboxViews : c.outboxViews;
      const wrong = (path: string) =>
        ctx.addIssue({ code: "custom", path: [path], message: because("field.box") });
      if (view !== undefined && !views.includes(view)) wrong("view");
      if (box === "inbox" && to !== undefined) wrong("to");
      if (box === "outbox" && sort === "due") wrong("sort");
    }),
    result: c.commandPage,
  },
  "command.get": { params: z.strictObject({ id }), result: c.commandDetail },
  /** CM-9: `answer` is checked against the command. Accepting a `timer` starts it. */
  "command.update": {
    params: z.strictObject({
      id,
      state: c.commandState,
      note: text(limits.note).nullish(),
      proof: z.array(id).max(limits.proofFiles).optional(),
      answer: answerInput.optional(),
      until: time.nullish(),
    }),
    result: z.object({ command: c.deliveredCommand, state: c.ownState }),
  },
  "command.review": {
    params: z.strictObject({
      id,
      recipient: username,
      accept: z.boolean(),
      note: text(limits.note).nullish(),
    }),
    result: z.object({ recipient: c.recipientState }),
  },
  /**
   * CM-11: changes a command that the person sent, until somebody was handed it; a broadcast until it is released. What is left
   * out stays. Consent is decided anew. The same change again gets the same answer.
   */
  "command.edit": {
    params: c.commandChange,
    result: z.object({ command: c.command, audience: c.audienceCounts }),
  },
  /** CM-13: takes back a command that the person sent, for `limits.answerUndoMs` or until somebody was handed it. */
  "command.undo": {
    params: z.strictObject({ id }),
    result: z.object({ id, totals: c.totals }),
  },
  "command.cancel": {
    params: z.strictObject({ id }),
    result: z.object({ id, totals: c.totals }),
  },
  /** CH-1. The same `key` gets the same message again. */
  "chat.send": { params: ch.chatDraft, result: z.object({ message: ch.chatMessage }) },
  "chat.list": { params: ch.chatListParams, result: ch.chatPage },
  /** The person's talks with their last messages. */
  "chat.counts": { params: nothing, result: ch.chatCounts },
  "chat.notify": {
    params: ch.chatNotifyParams,
    result: z.object({ notify: ch.chatNotify.nullable() }),
  },
  "chat.search": { params: ch.chatSearchParams, result: ch.chatFound },
  "chat.talks": { params: nothing, result: ch.chatTalks },
  "chat.read": { params: ch.chatReadParams, result: z.object({ readUpTo: id }) },
  /** CH-3: within `limits.retractMs`. */
  "chat.retract": { params: z.strictObject({ id }), result: z.object({ message: ch.chatMessage }) },
  /** CH-3: the person is writing now; told only where both show it. */
  "chat.writing": { params: ch.chatWritingParams, result: nothing },
  "preferences.get": { params: nothing, result: p.preferences },
  "preferences.set": { params: p.preferencesChange, result: p.preferences },
  /** CO-12: the person's own grants in force. */
  "grant.list": { params: nothing, result: g.grantList },
  "grant.set": { params: g.grantChange, result: g.grantList },
  "grant.end": { params: z.strictObject({ id: g.grantId }), result: g.grantList },
  "category.list": { params: nothing, result: p.categoryList },
  "contact.request": {
    params: z.strictObject({ username, note: p.contactNote.nullish() }),
    result: p.contactChanged,
  },
  "contact.accept": { params: z.strictObject({ username }), result: p.contactChanged },
  "contact.decline": { params: z.strictObject({ username }), result: p.contactChanged },
  "contact.remove": { params: z.strictObject({ username }), result: p.contactChanged },
  "contact.list": { params: nothing, result: p.contactList },
  "group.list": { params: nothing, result: p.groupList },
  "group.accept": { params: z.strictObject({ group: slug }), result: p.groupChanged },
  "group.leave": { params: z.strictObject({ group: slug }), result: p.groupChanged },
  /** UI-11. Kept for two weeks. */
  "notice.list": { params: z.strictObject({ ...page }), result: noticePage },
  /** UI-11: marks notices as read, also again; all of them without `ids`. */
  "notice.read": {
    params: z.strictObject({ ids: z.array(id).max(limits.pageMax).optional() }),
    result: noticesUnread,
  },
  /** MO-1: the same report again, while it is open, gets the same answer. */
  "report.create": { params: r.reportBody, result: r.ownReportAnswer },
  "report.list": { params: z.strictObject(page), result: r.ownReportPage },
  "sanction.list": { params: nothing, result: ownSanctionList },
  /** MO-7: marks a warning as read, also again. */
  "sanction.read": { params: z.strictObject({ id }), result: ownSanctionList },
  /** MO-7: once for each sanction. */
  "sanction.appeal": { params: appealBody.extend({ id }), result: ownSanctionList },
  "safety.stop": { params: nothing, result: z.object({ stopped: z.literal(true), since: z.string() }) },
  "safety.resume": {
    params: z.strictObject({
      confirm: z.literal(true, { error: because("field.resume") }),
    }),
    result: z.object({ stopped: z.literal(false) }),
  },
} as const satisfies Record<string, MethodSchema>;

interface MethodSchema {
  params: z.ZodType;
  result: z.ZodType;
  uncounted?: true;
}

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]["params"]>;
/** What a caller may write: defaults and times before they are normalised. */
export type ParamsInput<M extends Method> = z.input<(typeof methods)[M]["params"]>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]["result"]>;

/** WS-3: the limits that a client needs in order to ask the person before the server refuses. */
const clientLimits = z.object({
  frameBytes: z.number(),
  title: z.number(),
  body: z.number(),
  dataBytes: z.number(),
  categories: z.number(),
  attachments: z.number(),
  recipients: z.number(),
  window: z.number(),
  requestsPerSecond: z.number(),
  sendsPerMinute: z.number(),
  retentionDays: z.number(),
  uploadBytes: z.number(),
});

/** Every notification of the server. */
export const notifications = {
  "session.ready": z.object({
    protocol: z.literal(1),
    user: p.user,
    device,
    /** Names this connection. With it in the header `Behest-Connection`, a new password lets the connection go on (AU-13). */
    connection: z.string(),
    heartbeat: z.object({ intervalMs: z.number(), misses: z.literal(limits.heartbeatMisses) }),
    serverTime: z.string(),
    sessionExpiresAt: z.string(),
    /** What this device has acknowledged; null for a device that the server has not seen. */
    cursor: cursor.nullable(),
    /** Open commands that this device has not acknowledged; more than `limits.pendingCounted` are not counted. */
    pending: z.number().int().nonnegative(),
    stopped: z.boolean(),
    /** MO-7: the person's sanctions in force; absent when there are none. */
    sanctions: z.array(ownSanction).optional(),
    limits: clientLimits,
  }),
  /** AU-13: the session was renewed; the connection goes on. */
  "session.renewed": p.sessionRenewed,
  /** AU-13: to the person's other devices. */
  "session.misused": p.sessionMisuse,
  "session.closing": z.object({ code: z.number(), reconnect: z.boolean() }),
  "command.deliver": z.object({ deliveries: z.array(c.delivery).min(1).max(limits.deliverBatch) }),
  "command.changed": c.commandChanged,
  "chat.message": ch.chatDelivery,
  "chat.changed": ch.chatChanged,
  /** CM-8: a deadline comes near; to the devices of a person who has not done it yet. */
  "command.due": z.object({ id, dueAt: z.string() }),
  /** FI-4: to the devices of its owner. */
  "file.changed": fileObject,
  "preferences.changed": p.preferences,
  /** CO-12: to the person's own devices only. */
  "grant.changed": g.grantList,
  "contact.changed": p.contactChanged,
  "group.changed": p.groupChanged,
  /** UI-11: a notice that was just added, with how many are unread now. */
  "notice.new": z.object({ notice, unread: z.number().int().nonnegative() }),
  /** UI-11: notices were read on one of the person's devices. */
  "notice.changed": noticesUnread,
  /** MO-1: to the author's devices: a report was decided, or its decision undone. */
  "report.changed": r.ownReportAnswer,
  /** MO-7: the person's sanctions in force, after a change. */
  "sanction.changed": ownSanctionList,
  /** The person's own other devices hear a stop and a resume (CO-6). */
  "safety.changed": z.object({ stopped: z.boolean(), since: z.string().nullable() }),
} as const;

export type Notification = keyof typeof notifications;
export type NotificationParams<N extends Notification> = z.infer<(typeof notifications)[N]>;
