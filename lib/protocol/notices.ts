import { z } from "zod";
import { limits } from "./limits.ts";
import { id } from "./text.ts";

/** The person that a notice names, as the reader's rules show them. */
const by = z.object({ username: z.string(), displayName: z.string() });

/** A command; `title` null for one without. */
const command = { command: id, title: z.string().nullable() };

/** `others`: how many more people did the same with this command that day. */
const answered = { ...command, by, others: z.number().int().nonnegative() };

const kinds = {
  /** To the sender. */
  command_accepted: answered,
  command_declined: answered,
  command_submitted: answered,
  command_completed: answered,
  /** To the recipient: what the sender's review said. */
  command_approved: { ...command, by },
  command_returned: { ...command, by },
  contact_requested: { by },
  contact_accepted: { by },
  /** `title`: of the group, as the reader's rules show it. */
  group_invited: { group: z.string(), title: z.string() },
  sanction_imposed: { sanction: z.string() },
  sanction_lifted: { sanction: z.string() },
  /** To the person who reported. Never says what another person was told. */
  report_decided: { report: id, outcome: z.enum(["acted", "fine"]) },
  appeal_decided: { sanction: z.string(), outcome: z.enum(["upheld", "lifted"]) },
  file_rejected: { file: id, name: z.string() },
  /** An administrator made a one-time link for the person's account (AU-12). */
  login_link: {},
  /** That link set a new password. Passkeys, other second factors and links with an issuer stay as they were. */
  login_link_used: {},
} as const;

export type NoticeKind = keyof typeof kinds;
export const noticeKinds = Object.keys(kinds) as NoticeKind[];

/** What every notice has. */
const head = { id, at: z.string(), read: z.boolean() };

const of = <K extends NoticeKind>(kind: K) =>
  z.object({ ...head, kind: z.literal(kind), ...kinds[kind] as (typeof kinds)[K] });

/** UI-11: something that happened to the person, or to what they sent. Texts are the reader's business. */
export const notice = z.discriminatedUnion("kind", [
  of("command_accepted"),
  of("command_declined"),
  of("command_submitted"),
  of("command_completed"),
  of("command_approved"),
  of("command_returned"),
  of("contact_requested"),
  of("contact_accepted"),
  of("group_invited"),
  of("sanction_imposed"),
  of("sanction_lifted"),
  of("report_decided"),
  of("appeal_decided"),
  of("file_rejected"),
  of("login_link"),
  of("login_link_used"),
]);
export type Notice = z.infer<typeof notice>;

/** Newest first; `next` is what to pass as `before`. `unread` counts the whole list. */
export const noticePage = z.object({
  notices: z.array(notice),
  unread: z.number().int().nonnegative(),
  next: id.nullable(),
});
export type NoticePage = z.infer<typeof noticePage>;

/** Of the REST call. */
export const noticeQuery = z.strictObject({
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});

export const noticesUnread = z.object({ unread: z.number().int().nonnegative() });
export type NoticesUnread = z.infer<typeof noticesUnread>;

type Stored<N> = N extends { by: unknown } ? Omit<N, keyof typeof head | "by" | "others"> & { by: string }
  : Omit<N, keyof typeof head | "others">;

/** What a service gives for a notice: `by` is a user id. Its name is read with the list, so that it follows the reader's rules. */
export type NewNotice = Notice extends infer N ? N extends Notice ? Stored<N> : never : never;
