import type { OwedNotice } from "../platform/mod.ts";
import { isFromServer, limits, type NewNotice } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord } from "./ports.ts";

type NoticeParts = Pick<Parts, "notices">;
type Owed = OwedNotice<NewNotice>;

/**
 * UI-11: what a recipient's answer owes the sender's list. Of a broadcast only what the sender has to review: the rest is counted
 * in its totals, which name nobody.
 */
export function owedToSender(
  { notices }: NoticeParts,
  { command, senderId, cast }: CommandRecord,
  userId: string,
  { state }: StateRecord,
): Owed[] {
  const kind = answerKind(state);
  // Nobody reads a list of the server's.
  if (kind === null || userId === senderId || isFromServer(command.from)) return [];
  if (cast !== undefined && !(kind === "command_submitted" && command.requires === "review")) return [];
  return [
    notices.owe(senderId, { kind, command: command.id, title: shortTitle(command.title), by: userId }),
  ];
}

/** UI-11: what the sender's review owes the recipient's list. Without its note, which follows the recipient's rules (CO-11). */
export function owedToRecipient(
  { notices }: NoticeParts,
  { command, senderId }: CommandRecord,
  userId: string,
  { state }: StateRecord,
): Owed[] {
  if (userId === senderId) return [];
  const kind = state === "returned" ? "command_returned" : "command_approved";
  return [
    notices.owe(userId, { kind, command: command.id, title: shortTitle(command.title), by: senderId }),
  ];
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
