import type { ChatMessage } from "../protocol/mod.ts";
import type { MessageRecord, StoredMessage } from "./ports.ts";

/** Whether a message is in its recipient's log. */
export function reaches({ withheldBy, state }: Pick<MessageRecord, "withheldBy" | "state">): boolean {
  return withheldBy === null && state === undefined;
}

/** How a reader sees a talk. `shown`: how far they got it; null: nothing. */
export interface Reader {
  userId: string;
  shown: string | null;
  sealed: boolean;
  now: number;
}

/** Whether the reader may see a message: their own, and what they got. */
export function isVisible({ record, place }: StoredMessage, { userId, shown, now }: Reader): boolean {
  if (record.expiresMs <= now) return false;
  if (record.senderId === userId) return true;
  return record.recipientId === userId && reaches(record) && shown !== null && place <= shown;
}

export function viewFor(record: MessageRecord, { userId, sealed }: Reader): ChatMessage {
  return record.senderId === userId ? ownView(record) : recipientsView(record, sealed);
}

/** A message as its sender sees it: whether its recipient gets it does not show (CO-10). */
export function ownView(record: MessageRecord): ChatMessage {
  const { state } = record;
  return { ...view(record), ...(state === undefined ? {} : { state }) };
}

/** The same as its recipient sees it. `sealed`: its command is not opened (CO-2). */
export function recipientsView(record: MessageRecord, sealed: boolean): ChatMessage {
  if (!sealed) return view(record);
  const { reaction: _, ...rest } = view(record);
  return { ...rest, body: "", attachments: [], sealed: true };
}

function view(record: MessageRecord): ChatMessage {
  const { id, from, to, thread, body, attachments, createdAt, retractedAt, about, reaction } = record;
  return {
    ...{ id, from, to, thread, body, attachments, createdAt, retractedAt },
    ...(about === undefined || (retractedAt !== null && reaction === undefined) ? {} : { about }),
    ...(reaction === undefined || retractedAt !== null ? {} : { reaction }),
  };
}
