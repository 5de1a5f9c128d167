import { type CommandRecord, firstRecord } from "../../commands/mod.ts";
import type { CommandStore, StoredState } from "../../commands/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import { NothingAfter } from "./nothing_after.ts";
import { isFirst, type StoredValue, whole } from "./short_records.ts";
import type { Store } from "./store.ts";

/** From this many states of one person on, one range read replaces single reads. */
const rangeFrom = 8;
/** Most entries of a range read. */
const rangeMost = 500;

interface Read {
  userId: string;
  commandId: string;
  entry: Deno.KvEntryMaybe<StoredValue>;
  /** The committer's moment before the read. */
  moment: number | undefined;
}

/** Reads states. */
export interface StatesPart {
  read: CommandStore["states"];
  history: CommandStore["history"];
  moment: CommandStore["moment"];
  /** Must be called after each write of a state of this person. */
  written(userId: string): void;
}

export function kvStates(
  { kv, committer, exclusive }: Store,
  readCommands: (commandIds: readonly string[]) => Promise<Map<string, CommandRecord>>,
): StatesPart {
  const none = new NothingAfter(exclusive ? limits.relationsCached : 0);
  const momentNow = () => exclusive ? committer.moment : undefined;

  /** Expands first records, which are stored short, from their commands. */
  async function expandAll(read: readonly Read[]): Promise<(StoredState | null)[]> {
    const short = read.filter(({ entry }) => entry.value !== null && isFirst(entry.value));
    const commands = short.length === 0
      ? new Map<string, CommandRecord>()
      : await readCommands(short.map(({ commandId }) => commandId));
    return read.map((one) => stored(one, commands.get(one.commandId)));
  }

  /** One range read in place of one `getMany` for each ten keys. */
  async function readRange(userId: string, ids: readonly string[]): Promise<Map<string, Read["entry"]>> {
    const found = new Map<string, Read["entry"]>();
    const sorted = ids.toSorted();
    const first = sorted[0]!;
    if (none.isKnown(userId, first)) return found;
    const look = none.look(userId);
    const limit = Math.min(2 * ids.length, rangeMost);
    const selector = { prefix: keys.statesOf(userId), start: keys.state(userId, first) };
    let last = "";
    for await (const entry of kv.list<StoredValue>(selector, { limit, batchSize: limit })) {
      found.set(last = entry.key[2] as string, entry);
    }
    none.seen(userId, look, first, found.size === 0);
    // Other states of the person may fill the range: read those behind its end one by one.
    const rest = found.size < limit ? [] : sorted.filter((commandId) => commandId > last);
    const entries = await getEntries<StoredValue>(kv, rest.map((commandId) => keys.state(userId, commandId)));
    for (const entry of entries) found.set(entry.key[2] as string, entry);
    return found;
  }

  return {
    moment: momentNow,

    async read(wanted) {
      const moment = momentNow();
      const userId = wanted[0]?.userId ?? "";
      if (wanted.length < rangeFrom || wanted.some((one) => one.userId !== userId)) {
        const entries = await getEntries<StoredValue>(
          kv,
          wanted.map((one) => keys.state(one.userId, one.commandId)),
        );
        return await expandAll(wanted.map((one, index) => ({ ...one, entry: entries[index]!, moment })));
      }
      const found = await readRange(userId, wanted.map(({ commandId }) => commandId));
      return await expandAll(wanted.map(({ commandId }) => ({
        userId,
        commandId,
        entry: found.get(commandId) ??
          { key: keys.state(userId, commandId), value: null, versionstamp: null },
        moment,
      })));
    },

    async history(userId, before, limit) {
      const moment = momentNow();
      const prefix = keys.statesOf(userId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const read: Read[] = [];
      for await (const entry of kv.list<StoredValue>(selector, { limit, reverse: true })) {
        read.push({ userId, commandId: entry.key[2] as string, entry, moment });
      }
      return (await expandAll(read)).filter((stored) => stored !== null);
    },

    written: (userId) => none.written(userId),
  };
}

/** Replaces the place `first` by the record's versionstamp, which is the place of its log entry. */
function stored(
  { userId, commandId, entry, moment }: Read,
  command: CommandRecord | undefined,
): StoredState | null {
  if (entry.value === null) return null;
  if (isFirst(entry.value) && command === undefined) return null;
  const record = isFirst(entry.value) ? firstRecord(command!.command, entry.value) : whole(entry.value);
  return {
    userId,
    commandId,
    record: record.place === "first" ? { ...record, place: entry.versionstamp } : record,
    version: entry.versionstamp,
    moment,
  };
}
