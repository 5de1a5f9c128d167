import type { CommandRecord, StateRecord } from "../../commands/ports.ts";
import { keys } from "./keys.ts";
import type { KvKey, KvPort } from "./port.ts";
import type { StoredValue } from "./short_records.ts";

/**
 * Where a person's submission waits for its sender; null where no review was asked for, and for broadcasts whose sender sees no
 * single person (CM-7).
 */
export function submissionKey(
  { command, senderId, cast }: CommandRecord,
  userId: string,
): KvKey | null {
  if (command.requires !== "review" || (cast !== undefined && cast.kind !== "group")) return null;
  return keys.submission(senderId, command.id, userId);
}

/** From layout 3: submissions that wait for a review get the keys by which their sender finds them. */
export async function giveSubmissionsKeys(kv: KvPort): Promise<void> {
  for await (const { key, value } of kv.list<StoredValue>({ prefix: keys.states() }, { batchSize: 500 })) {
    if ((value as Partial<StateRecord>).state !== "submitted") continue;
    const [, userId, commandId] = key as [string, string, string];
    const { value: record } = await kv.get<CommandRecord>(keys.command(commandId));
    const submission = record === null ? null : submissionKey(record, userId);
    if (submission !== null) await kv.set(submission, 1);
  }
}
