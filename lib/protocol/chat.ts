import { z } from "zod";
import { attachment, commandSender } from "./commands.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { cursor, id, line, text, username } from "./text.ts";

/**
 * A talk, seen from the caller: `with` a contact, or on the `thread` of a command (its id). A sender whose command has several
 * recipients names both: each recipient has a thread of their own.
 */
const talk = { with: username.optional(), thread: id.optional() };

/** Needs one of the two. */
function named<T extends { with?: string | undefined; thread?: string | undefined }>(where: T): boolean {
  return where.with !== undefined || where.thread !== undefined;
}

const nameOne = { error: because("field.talk"), path: ["with"] };

/** CH-1: what `chat.send` takes. A message has a text or a file. `to` beside `thread` is as `with`. */
export const chatDraft = z.strictObject({
  key: line(limits.keyLength, 1),
  to: username.optional(),
  thread: id.optional(),
  body: text(limits.body).default(""),
  attachments: z.array(id).max(limits.attachments).optional(),
}).refine(({ to, thread }) => to !== undefined || thread !== undefined, {
  error: because("field.talk"),
  path: ["to"],
});
export type ChatDraft = z.infer<typeof chatDraft>;

/**
 * A message, the same for both sides. `to` is the other person's username. `state` is for its sender alone: it waits for the checks
 * of its files, or one of them did not pass. `sealed`: it belongs to a command that its reader has not opened (CO-2), and has no
 * text or files until then.
 */
export const chatMessage = z.object({
  id,
  from: commandSender,
  to: z.string(),
  thread: id.nullable(),
  body: z.string(),
  attachments: z.array(attachment),
  createdAt: z.string(),
  /** CH-3: when its sender took it back. The text and the files are gone then. */
  retractedAt: z.string().nullable(),
  state: z.enum(["checking", "rejected"]).optional(),
  sealed: z.literal(true).optional(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

/** `before`: the id of the oldest message of the page before. */
export const chatListParams = z.strictObject({
  ...talk,
  before: id.optional(),
  limit: z.number().int().min(1).max(limits.pageMax).optional(),
}).refine(named, nameOne);

/** The same as the query of an address. */
export const chatListQuery = z.strictObject({
  ...talk,
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
}).refine(named, nameOne);

export const chatPerson = z.object({ username: z.string(), displayName: z.string() });

/**
 * A page of a talk, oldest first; `next` is the `before` of the page before it. `readUpTo` is the caller's own mark. `theirReadUpTo`
 * is there while both sides show what they have read (CH-3). `held`: messages wait for the caller's own rules.
 */
export const chatPage = z.object({
  with: chatPerson,
  thread: id.nullable(),
  messages: z.array(chatMessage),
  next: id.nullable(),
  readUpTo: id.nullable(),
  theirReadUpTo: id.optional(),
  held: z.object({ until: z.string().nullable() }).optional(),
});
export type ChatPage = z.infer<typeof chatPage>;

export const chatReadParams = z.strictObject({ ...talk, upTo: id }).refine(named, nameOne);
export const chatWritingParams = z.strictObject(talk).refine(named, nameOne);

/** One talk in the list. `unread` counts to `limits.chatUnread`. `title`: that of the thread's command. */
export const chatTalk = z.object({
  with: chatPerson,
  thread: id.nullable(),
  title: z.string().nullable(),
  last: chatMessage,
  unread: z.number().int().nonnegative(),
});
export type ChatTalk = z.infer<typeof chatTalk>;
/** The latest first. `unread`: messages over all talks of the list. */
export const chatTalks = z.object({ talks: z.array(chatTalk), unread: z.number().int().nonnegative() });
export type ChatTalks = z.infer<typeof chatTalks>;

/**
 * `chat.message`: a message of the person's log, also to the other devices of its sender. The same id again is the message as it is
 * now. `inbox.ack` acknowledges the cursor.
 */
export const chatDelivery = z.object({ cursor, message: chatMessage });
export type ChatDelivery = z.infer<typeof chatDelivery>;

/**
 * `chat.changed`: in a talk with someone. `readUpTo`: another device of the person has read up to there. `theirReadUpTo`: the other
 * side has. `writing`: the other side is writing now.
 */
export const chatChanged = z.object({
  with: z.string(),
  thread: id.nullable(),
  readUpTo: id.optional(),
  theirReadUpTo: id.optional(),
  writing: z.literal(true).optional(),
});
export type ChatChanged = z.infer<typeof chatChanged>;
