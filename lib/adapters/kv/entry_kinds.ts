import type { CommandRecord } from "../../commands/ports.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { commandValue, type LogValue, openKey } from "./log_entries.ts";
import type { KvEntry, KvPort } from "./port.ts";

/** Entries that one commit rewrites: two mutations each. */
const entriesAtOnce = 200;

/** An entry of layout 2. */
interface OldValue {
  commandId: string;
}

/**
 * From layout 2: each entry of a person's log gets its kind, and its sender from the command, and the record that counted it goes.
 * What has no entry is still counted by that record. What was rewritten before a crash is passed.
 */
export async function giveEntriesKinds(kv: KvPort): Promise<void> {
  let some: KvEntry<OldValue>[] = [];
  for await (const entry of kv.list<OldValue | LogValue>({ prefix: keys.logs() }, { batchSize: 500 })) {
    if ("kind" in entry.value) continue;
    some.push({ ...entry, value: entry.value });
    if (some.length < entriesAtOnce) continue;
    await rewrite(kv, some);
    some = [];
  }
  if (some.length > 0) await rewrite(kv, some);
}

async function rewrite(kv: KvPort, entries: readonly KvEntry<OldValue>[]): Promise<void> {
  const commands = await getValues<CommandRecord>(
    kv,
    entries.map(({ value }) => keys.command(value.commandId)),
  );
  const atomic = kv.atomic();
  for (const [at, { key, value: { commandId } }] of entries.entries()) {
    const userId = String(key[1]);
    const record = commands[at];
    const kind = record?.senderKinds?.[record.recipients.indexOf(userId)];
    const one = record === null || record === undefined || kind === undefined
      ? undefined
      : { userId, senderId: record.senderId, kind, commandId };
    atomic.set(key, commandValue(commandId, one));
    if (one !== undefined) atomic.delete(openKey(one));
  }
  await atomic.commit();
}
