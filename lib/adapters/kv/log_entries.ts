import type { InboxEntry, SenderKind } from "../../commands/ports.ts";
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
}

/** The value of a command's entry. `counted`: how it counts for the person, if it does. */
export function commandValue(commandId: string, counted: OpenOne | undefined): CommandValue {
  if (counted === undefined) return { kind: "command", commandId };
  return { kind: "command", commandId, senderId: counted.senderId, senderKind: counted.kind };
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
