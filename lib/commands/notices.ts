import { limits, type NewNotice } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord } from "./ports.ts";

type NoticeParts = Pick<Parts, "notices">;

/**
 * UI-11: puts a recipient's answer into the sender's list. Of a broadcast only what the sender has to review: the rest is counted
 * in its totals, which name nobody.
 */
export async function noticeSender(
  { notices }: NoticeParts,
  { command, senderId, cast }: CommandRecord,
  userId: string,
  { state }: StateRecord,
): Promise<void> {
  const kind = answerKind(state);
  if (kind === null || userId === senderId) return;
  if (cast !== undefined && !(kind === "command_submitted" && command.requires === "review")) return;
  await notices.add(senderId, { kind, command: command.id, title: shortTitle(command.title), by: userId });
}

/** UI-11: puts the sender's review into the recipient's list. Without its note, which follows the recipient's rules (CO-11). */
export async function noticeRecipient(
  { notices }: NoticeParts,
  { command, senderId }: CommandRecord,
  userId: string,
  { state }: StateRecord,
): Promise<void> {
  if (userId === senderId) return;
  const kind = state === "returned" ? "command_returned" : "command_approved";
  await notices.add(userId, { kind, command: command.id, title: shortTitle(command.title), by: senderId });
}

type AnswerKind = Extract<
  NewNotice["kind"],
  `command_${"accepted" | "declined" | "submitted" | "completed"}`
>;

function answerKind(state: StateRecord["state"]): AnswerKind | null {
  switch (state) {
    case "accepted":
      return "command_accepted";
    case "declined":
      return "command_declined";
    case "submitted":
      return "command_submitted";
    case "completed":
      return "command_completed";
    default:
      return null;
  }
}

/** A notice names the command; its page has the whole title. */
function shortTitle(title: string | null): string | null {
  if (title === null) return null;
  const letters = [...title];
  const most = limits.noticeTitle;
  return letters.length <= most ? title : `${letters.slice(0, most - 1).join("")}…`;
}
