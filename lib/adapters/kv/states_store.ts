import { type CommandRecord, deliveredRecord, firstRecord, openBroadcastRecord } from "../../commands/mod.ts";
import { type CommandStore, type StoredState, takenVersion } from "../../commands/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import { NothingAfter } from "./nothing_after.ts";
import type { KvEntryMaybe } from "./port.ts";
import { isFirst, type StoredValue, whole } from "./short_records.ts";
import type { SentEntries } from "./sent_entries.ts";
import type { Store } from "./store.ts";
import type { Taken, TakenLists } from "./taken_lists.ts";

/** From this many states of one person on, one range read replaces single reads. */
const rangeFrom = 8;

interface Read {
  userId: string;
  commandId: string;
  entry: KvEntryMaybe<StoredValue>;
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
  lists: TakenLists,
  sent: Pick<SentEntries, "stateOf">,
  readCommands: (commandIds: readonly string[]) => Promise<Map<string, CommandRecord>>,
): StatesPart {
  const none = new NothingAfter(exclusive ? limits.relationsCached : 0);
  const momentNow = () => exclusive ? committer.moment : undefined;

  /**
   * Makes whole records of what is stored: of first records, which are short, and of commands in the person's lists of
   * deliveries, which have no record beyond their first one.
   */
  async function expandAll(read: readonly Read[]): Promise<(StoredState | null)[]> {
    const open = read.filter(({ entry }) => entry.value === null || isFirst(entry.value));
    if (open.length === 0) return read.map((one) => stored(one, undefined, undefined));
    const taken = await takenOf(open);
    const known = open.filter((one) => one.entry.value !== null || taken.has(nameOf(one)));
    const commands = known.length === 0
      ? new Map<string, CommandRecord>()
      : await readCommands(known.map(({ commandId }) => commandId));
    return read.map((one) => stored(one, commands.get(one.commandId), taken.get(nameOf(one))));
  }

  async function takenOf(read: readonly Read[]): Promise<Map<string, Taken>> {
    const byPerson = Map.groupBy(read, ({ userId }) => userId);
    const found = new Map<string, Taken>();
    await Promise.all([...byPerson].map(async ([userId, theirs]) => {
      const taken = await lists.find(userId, theirs.map(({ commandId }) => commandId));
      for (const [commandId, one] of taken) found.set(nameOf({ userId, commandId }), one);
    }));
    return found;
  }

  /** One range read in place of one `getMany` for each ten keys. */
  async function readRange(userId: string, ids: readonly string[]): Promise<Map<string, Read["entry"]>> {
    const found = new Map<string, Read["entry"]>();
    const sorted = ids.toSorted();
    const first = sorted[0]!;
    if (none.isKnown(userId, first)) return found;
    const look = none.look(userId);
    const limit = ids.length;
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

  function missing(userId: string, commandId: string): Read["entry"] {
    return { key: keys.state(userId, commandId), value: null, versionstamp: null };
  }

  return {
    moment: momentNow,

    async read(wanted) {
      const known = wanted.map(({ userId, commandId }) => sent.stateOf(userId, commandId));
      const unknown = wanted.filter((_, at) => known[at] === undefined);
      const read = unknown.length === 0 ? [] : await readStored(unknown);
      let next = 0;
      return await expandAll(
        wanted.map((one, at) => known[at] === undefined ? read[next++]! : { ...one, ...known[at] }),
      );
    },

    async history(userId, before, limit) {
      const found: StoredState[] = [];
      // Commands that were purged leave their ids in lists of deliveries.
      for (let upTo = before; found.length < limit;) {
        const page = await historyPage(userId, upTo, limit);
        found.push(...(await expandAll(page)).filter((stored) => stored !== null));
        if (page.length < limit) break;
        upTo = page.at(-1)!.commandId;
      }
      return found.slice(0, limit);
    },

    written: (userId) => none.written(userId),
  };

  async function readStored(wanted: readonly { userId: string; commandId: string }[]): Promise<Read[]> {
    const moment = momentNow();
    const userId = wanted[0]!.userId;
    if (wanted.length < rangeFrom || wanted.some((one) => one.userId !== userId)) {
      const entries = await getEntries<StoredValue>(
        kv,
        wanted.map((one) => keys.state(one.userId, one.commandId)),
      );
      return wanted.map((one, index) => ({ ...one, entry: entries[index]!, moment }));
    }
    const found = await readRange(userId, wanted.map(({ commandId }) => commandId));
    return wanted.map(({ commandId }) => ({
      userId,
      commandId,
      entry: found.get(commandId) ?? missing(userId, commandId),
      moment,
    }));
  }

  async function historyPage(userId: string, before: string | null, limit: number): Promise<Read[]> {
    const moment = momentNow();
    const prefix = keys.statesOf(userId);
    const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
    const read: Read[] = [];
    for await (const entry of kv.list<StoredValue>(selector, { limit, reverse: true })) {
      read.push({ userId, commandId: entry.key[2] as string, entry, moment });
    }
    // Broadcasts that were only delivered have no record of the person.
    const from = read.length < limit ? "" : read.at(-1)!.commandId;
    const known = new Set(read.map(({ commandId }) => commandId));
    const alone = (await lists.idsBelow(userId, before, from, limit + read.length))
      .filter((commandId) => !known.has(commandId))
      .map((commandId): Read => ({ userId, commandId, entry: missing(userId, commandId), moment }));
    return [...read, ...alone].sort((a, b) => a.commandId > b.commandId ? -1 : 1).slice(0, limit);
  }
}

function nameOf({ userId, commandId }: Pick<Read, "userId" | "commandId">): string {
  return `${userId} ${commandId}`;
}

/** The state of what was read. The place `first` becomes the record's versionstamp, which is the place of its log entry. */
function stored(
  { userId, commandId, entry: { value, versionstamp }, moment }: Read,
  command: CommandRecord | undefined,
  taken: Taken | undefined,
): StoredState | null {
  if (value !== null && !isFirst(value)) {
    const record = whole(value);
    const placed = record.place === "first" ? { ...record, place: versionstamp } : record;
    return { userId, commandId, record: placed, version: versionstamp, moment };
  }
  if (command === undefined) return null;
  if (value === null) {
    if (taken === undefined || command.cast === undefined) return null;
    const record = deliveredRecord(openBroadcastRecord(command.command, taken.by), taken.at);
    return { userId, commandId, record, version: takenVersion, moment };
  }
  const first = firstRecord(command.command, value);
  const record = first.place === "first" ? { ...first, place: versionstamp } : first;
  return {
    userId,
    commandId,
    record: taken === undefined ? record : deliveredRecord(record, taken.at),
    version: versionstamp,
    moment,
    asSent: true,
  };
}
