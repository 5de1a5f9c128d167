import { isOpen } from "../protocol/closed_states.ts";
import type { Absence, CommandState, ListItem, RecipientState } from "../protocol/mod.ts";
import type { Words } from "../words/mod.ts";

/** A sender's action on a command: cancel it, or review a submission (CM-5, CM-6). */
export type SentAction =
  | { action: "cancel"; id: string }
  | { action: "review"; id: string; recipient: string; accept: boolean; note: string | null };

/** A review as it was typed. */
export interface TypedReview {
  recipient: string;
  note: string;
}

export function typedReview(form: URLSearchParams): TypedReview {
  return { recipient: form.get("recipient") ?? "", note: form.get("note") ?? "" };
}

/** Reads the form's fields. The server checks them again. */
export function readSentAction(form: FormData | URLSearchParams): SentAction {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const id = field("id");
  const verdict = field("verdict");
  if (verdict === "") return { action: "cancel", id };
  return {
    action: "review",
    id,
    recipient: field("recipient"),
    accept: verdict === "accept",
    note: field("note") || null,
  };
}

/** Whether the command is open for any recipient: only then does a cancel change something. */
export function isCancellable(item: ListItem): boolean {
  if (item.totals === undefined) return item.recipients?.some((one) => isOpen(one.state)) ?? false;
  return Object.entries(item.totals).some(([state, count]) => count > 0 && isOpen(state as CommandState));
}

/** When a command that waits for its time goes out; null for others, also for those that wait for the checks of their files. */
export function goesOutAt(item: ListItem): string | null {
  const { command } = item;
  return isForLater(command) && statesOf(item).includes("scheduled") ? command.deliverAt : null;
}

/** FI-6: a command that waits for its files alone is due since it was sent. */
function isForLater({ deliverAt, createdAt }: ListItem["command"]): boolean {
  return deliverAt !== null && Date.parse(deliverAt) > Date.parse(createdAt);
}

function statesOf({ totals, recipients = [] }: ListItem): string[] {
  if (totals === undefined) return recipients.map(({ state }) => state);
  return Object.entries(totals).flatMap(([state, count]) => count > 0 ? [state] : []);
}

/** The sender's notice about the checks of a command's files (FI-6); null if there is none. */
export function checksNotice(
  words: Words["sent"],
  item: ListItem,
  absent: Readonly<Record<string, Absence>>,
): { tone: "warn" | "bad"; text: string } | null {
  const { command } = item;
  if ("sealed" in command || command.attachments.length === 0) return null;
  const states = statesOf(item);
  if (states.length === 0) return null;
  if (!isForLater(command) && states.includes("scheduled")) {
    return { tone: "warn", text: words.waitsForChecks };
  }
  const refused = command.attachments.some(({ fileId }) => absent[fileId] === "unclean");
  return refused && states.every((state) => state === "failed")
    ? { tone: "bad", text: words.notDelivered }
    : null;
}

/** Recipients, those who wait for a review first, then the latest changes first. */
export function inOrder(recipients: readonly RecipientState[]): RecipientState[] {
  const waits = (one: RecipientState) => one.state === "submitted" ? 0 : 1;
  return recipients.toSorted((a, b) =>
    waits(a) - waits(b) || (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0)
  );
}
