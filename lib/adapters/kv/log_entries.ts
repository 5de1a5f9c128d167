import type { CommandRecord, InboxEntry, SenderKind } from "../../commands/ports.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey } from "./port.ts";

/** One open direct command as it counts for a person (DL-7). */
export interface OpenOne {
  userId: string;
  senderId: string;
  kind: SenderKind;
  commandId: string;
}

/** What an entry of a person's log leads to, by kind. */
export type LogValue = CommandValue;

/** A command. Direct ones of versions that note it have their sender, for whom they count (DL-7). */
export interface CommandValue {
  kind: "command";
  commandId: string;
  senderId?: string;
  senderKind?: SenderKind;
  /** Only while nothing was written of the person's state since it was sent. */
  sent?: SentValue;
}

/** A short command to one person as it was sent, and the rule that allowed it: who reads the log reads nothing else for it. */
export interface SentValue {
  /** The command's record as JSON, which is read in half the time of a record's own form. */
  record: string;
  allowedBy: string | null;
}

/** Longest JSON that an entry carries. */
const sentMost = 4096;

/** What the entry of a new command says of it. */
export function sentValue(record: CommandRecord, allowedBy: string | null): SentValue | undefined {
  if (record.cast !== undefined || record.recipients.length !== 1) return undefined;
  const text = JSON.stringify(record);
  return text.length > sentMost ? undefined : { record: text, allowedBy };
}

/** The value of a command's entry. `counted`: how it counts for the person, if it does. */
export function commandValue(
  commandId: string,
  counted: OpenOne | undefined,
  sent?: SentValue,
): CommandValue {
  return {
    kind: "command",
    commandId,
    ...(counted === undefined ? {} : { senderId: counted.senderId, senderKind: counted.kind }),
    ...(sent === undefined ? {} : { sent }),
  };
}

/**
 * As many bytes, without a word of the command: what has no entry is kept beside the log until it ends, and nothing would take an old
 * text out of there.
 */
export function blanked(value: CommandValue): CommandValue {
  const { sent } = value;
  if (sent === undefined) return value;
  // The store needs two bytes for each character of a text with one beyond Latin-1.
  const blank = /[\u0100-\uffff]/.test(sent.record) ? "\u0100" : " ";
  return { ...value, sent: { ...sent, record: blank.repeat(sent.record.length) } };
}

/** The record of an open command that has no entry. */
export function openKey({ userId, senderId, kind, commandId }: OpenOne): KvKey {
  return keys.openFrom(userId, senderId, kind, commandId);
}

/** The entry that a record of a log is. Throws for a kind of a newer version: what is not understood must not be passed. */
export function entryOf({ key, value }: KvEntry<LogValue>): InboxEntry {
  if (value.kind !== "command") throw new Error("A log has an entry of an unknown kind.");
  return { cursor: key[2] as string, commandId: value.commandId };
}

/** How the command of an entry counts for the person, if it does. */
export function countedIn(
  userId: string,
  { commandId, senderId, senderKind: kind }: LogValue,
): OpenOne | null {
  if (senderId === undefined || kind === undefined) return null;
  return { userId, senderId, kind, commandId };
}
