import type { ChatMessage } from "../protocol/mod.ts";
import type { MessageRecord } from "./ports.ts";

/** A message as its sender sees it: whether its recipient gets it does not show (CO-10). */
export function ownView(record: MessageRecord): ChatMessage {
  const { state } = record;
  return { ...view(record), ...(state === undefined ? {} : { state }) };
}

/** The same as its recipient sees it. `sealed`: its command is not opened (CO-2). */
export function recipientsView(record: MessageRecord, sealed: boolean): ChatMessage {
  if (!sealed) return view(record);
  return { ...view(record), body: "", attachments: [], sealed: true };
}

function view(record: MessageRecord): ChatMessage {
  const { id, from, to, thread, body, attachments, createdAt, retractedAt } = record;
  return { id, from, to, thread, body, attachments, createdAt, retractedAt };
}
