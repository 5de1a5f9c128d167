import type { Rules } from "../consent/mod.ts";
import type { ChatDelivery, ChatMessage, Delivery } from "../protocol/mod.ts";
import type { Open } from "./delivery_decisions.ts";
import { forRecipient } from "./views.ts";

/** For devices that say what they show (WS-10). */
export const chatKind = "chat";

/** The next part of a person's log for one device. */
export interface InboxSlice {
  deliveries: (Delivery | ChatDelivery)[];
  /** The last place that was read, commands that are not delivered included. */
  upTo: string | null;
  /** Nothing is delivered for now: until a time, or until the next ring. */
  held: { untilMs: number | null } | null;
  /**
   * The person's rules hold commands apart (CO-12): until when one of them waits, or until the next ring. The log must be read
   * then, and `Inbox.handed` must be told which deliveries went out.
   */
  apart?: { untilMs: number | null };
  /** The log goes on behind `upTo`. */
  more: boolean;
}

/** Adds a command as its person sees it, if the device shows its kind (WS-10). */
export function addDelivery(
  { deliveries }: InboxSlice,
  { cursor, stored: { record }, command: { command } }: Open,
  accept: ReadonlySet<string> | null,
  rules: Rules,
  now: number,
): void {
  if (accept !== null && !accept.has(command.kind)) return;
  deliveries.push({ cursor, command: forRecipient(command, record, rules, now), state: record.state });
}

/** Adds a chat message, if the device shows chat. */
export function addMessage(
  { deliveries }: InboxSlice,
  cursor: string,
  message: ChatMessage,
  accept: ReadonlySet<string> | null,
): void {
  if (accept === null || accept.has(chatKind)) deliveries.push({ cursor, message });
}
