import { z } from "zod";
import { attachment, commandSender } from "./commands.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { chatReactions } from "./reactions.ts";
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

export const chatReaction = z.enum(chatReactions);
export type ChatReaction = z.infer<typeof chatReaction>;

/**
 * CH-1: what `chat.send` takes. A message has a text or a file. `to` beside `thread` is as `with`. `about`: an earlier message of
 * the talk, which this one quotes; with a `reaction` it is nothing but that, and takes the place of the person's earlier one.
 */
export const chatDraft = z.strictObject({
  key: line(limits.keyLength, 1),
  to: username.optional(),
  thread: id.optional(),
  body: text(limits.body).default(""),
  attachments: z.array(id).max(limits.attachments).optional(),
  about: id.optional(),
  reaction: chatReaction.optional(),
}).refine(({ to, thread }) => to !== undefined || thread !== undefined, {
  error: because("field.talk"),
  path: ["to"],
}).refine(
  ({ reaction, about, body, attachments = [] }) =>
    reaction === undefined || (about !== undefined && body === "" && attachments.length === 0),
  { error: because("field.reaction"), path: ["reaction"] },
);
export type ChatDraft = z.infer<typeof chatDraft>;

/**
 * A message, the same for both sides. `to` is the other person's username. `state` is for its sender alone: it waits for the checks
 * of its files, or one of them did not pass. `sealed`: it belongs to a command that its reader has not opened (CO-2), and has no
 * text or files until then. `about`: the message that it quotes or reacts to. A reaction has itself as its `body`, for clients that
 * know nothing of reactions. Taken back, only a reaction keeps
 * its `about`. `reactions`: those to this message, in lists; `id` is the message that was the reaction.
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
  about: id.optional(),
  reaction: chatReaction.optional(),
  reactions: z.array(z.object({ id, from: z.string(), reaction: chatReaction })).optional(),
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

/** What makes a noise of a talk: everything, messages with the person's name in them, or nothing. */
export const chatNotify = z.enum(["all", "mentions", "none"]);
export type ChatNotify = z.infer<typeof chatNotify>;

export const chatPerson = z.object({ username: z.string(), displayName: z.string() });

/**
 * A page of a talk, oldest first; `next` is the `before` of the page before it. `readUpTo` is the caller's own mark. `theirReadUpTo`
 * is there while both sides show what they have read (CH-3). `held`: messages wait for the caller's own rules. `quoted`: messages
 * that those of the page quote and that are not in it. Reactions are with their messages and not in the page themselves. `notify`:
 * what the caller chose for the talk; absent where a thread is as the talk with its person.
 */
export const chatPage = z.object({
  with: chatPerson,
  thread: id.nullable(),
  messages: z.array(chatMessage),
  next: id.nullable(),
  quoted: z.array(chatMessage).optional(),
  readUpTo: id.nullable(),
  theirReadUpTo: id.optional(),
  held: z.object({ until: z.string().nullable() }).optional(),
  notify: chatNotify.optional(),
});
export type ChatPage = z.infer<typeof chatPage>;

const searched = { q: line(limits.searchLength, 1), before: cursor.optional() };

/**
 * `chat.search`: the caller's messages, of both sides, whose texts have `q`; in all talks, or in one. Case, accents and composition
 * are folded. `before`: the `next` of the page before.
 */
export const chatSearchParams = z.strictObject({
  ...talk,
  ...searched,
  limit: z.number().int().min(1).max(limits.pageMax).optional(),
});
/** The same as the query of an address. */
export const chatSearchQuery = z.strictObject({
  ...talk,
  ...searched,
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});
/** Newest first. A page can have few messages, or none, and a `next`: each looks at a bounded number of messages. */
export const chatFound = z.object({ messages: z.array(chatMessage), next: cursor.nullable() });
export type ChatFound = z.infer<typeof chatFound>;

/** `chat.notify`: null on a thread: as the talk with its person. */
export const chatNotifyParams = z.strictObject({ ...talk, notify: chatNotify.nullable() }).refine(
  named,
  nameOne,
);
/** `chat.counts`: unread messages for the menu, to `limits.chatUnread`; of talks that make a noise. */
export const chatCounts = z.object({ unread: z.number().int().nonnegative() });

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
