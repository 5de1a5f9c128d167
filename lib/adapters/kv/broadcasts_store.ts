import type { BroadcastRecord, CommandStore, InboxEntry } from "../../commands/mod.ts";
import { type CommandState, commandStates, type Totals } from "../../protocol/mod.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvCheck, KvCount, KvKey } from "./port.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

type BroadcastValue = Pick<BroadcastRecord, "state" | "place" | "cancelled" | "edition"> & {
  timeline?: BroadcastRecord["timeline"];
};

/** Reads and writes broadcasts, for the command store. */
export interface BroadcastsPart extends
  Pick<
    CommandStore,
    "broadcastsAfter" | "broadcastIds" | "broadcast" | "changeBroadcast" | "totals" | "answerCounts"
  > {
  /** The writes of a new broadcast, in addition to those of every command. */
  accepting(commandId: string, scheduled: boolean): Required<Pick<Write, "sets" | "appends" | "alone">>;
  /** Must be called after the commit that opens a broadcast. */
  opened(entry: InboxEntry): void;
  /** CM-11: the write that an edit of a scheduled broadcast adds; it fails if the broadcast was released meanwhile. */
  edited(
    commandId: string,
    from: BroadcastRecord,
    edition: number,
  ): { check: KvCheck; set: NonNullable<Write["sets"]>[number] };
  /** Must be called after the commit that removes a broadcast from the log. */
  closed(commandId: string): void;
  /** All keys of a broadcast, except people's own records of it. */
  keysOf(commandId: string): Promise<KvKey[]>;
}

/** Records of broadcasts kept in memory. */
const broadcastsKept = 10_000;

/** Broadcasts in Deno KV. Their log is kept in memory if no other process writes to the store. */
export function kvBroadcasts({ kv, committer, exclusive }: Store): BroadcastsPart {
  let log: Promise<InboxEntry[]> | undefined;
  // For late acknowledgements. Writes that depend on it check it against the store.
  const remembered = new Remembered<BroadcastRecord>(exclusive ? broadcastsKept : 0);

  async function readAfter(after: string | null, limit?: number): Promise<InboxEntry[]> {
    const prefix = keys.broadcasts();
    const selector = after === null ? { prefix } : { prefix, start: [...prefix, after + "\0"] };
    const entries: InboxEntry[] = [];
    const options = limit === undefined ? { batchSize: 500 } : { limit };
    for await (const { key, value } of kv.list<{ commandId: string }>(selector, options)) {
      entries.push({ cursor: key[1] as string, commandId: value.commandId });
    }
    return entries;
  }

  function kept(): Promise<InboxEntry[]> {
    log ??= readAfter(null).catch((error) => {
      log = undefined;
      throw error;
    });
    return log;
  }

  function opened(entry: InboxEntry): void {
    if (!exclusive || log === undefined) return;
    log = log.then((entries) => {
      // Commits come in order. The first read of the log may have found this one already.
      if (entries.every(({ cursor }) => cursor !== entry.cursor)) entries.push(entry);
      return entries;
    });
  }

  function closed(commandId: string): void {
    remembered.forget(commandId);
    if (log !== undefined) {
      log = log.then((entries) => entries.filter((entry) => entry.commandId !== commandId));
    }
  }

  async function readBroadcast(commandId: string): Promise<BroadcastRecord | null> {
    const known = remembered.get(commandId);
    if (known !== undefined) return known;
    const { moment } = remembered;
    const { value, versionstamp } = await kv.get<BroadcastValue>(keys.broadcast(commandId));
    if (value === null) return null;
    const { timeline = [], place } = value;
    const broadcast = {
      ...value,
      timeline,
      place: place === "first" ? versionstamp : place,
      version: versionstamp,
    };
    remembered.keep(commandId, broadcast, moment);
    return broadcast;
  }

  return {
    opened,
    closed,

    edited(commandId, { version, ...value }, edition) {
      const key = keys.broadcast(commandId);
      return { check: { key, versionstamp: version }, set: { key, value: { ...value, edition } } };
    },

    accepting(commandId, scheduled) {
      const value: BroadcastValue = {
        state: scheduled ? "scheduled" : "open",
        place: scheduled ? null : "first",
      };
      return {
        sets: [{ key: keys.broadcast(commandId), value }],
        appends: scheduled ? [] : [{ log: keys.broadcasts(), value: { commandId } }],
        // The shared log and a person's own are merged by place, so no two entries may have the same one.
        alone: true,
      };
    },

    async broadcastsAfter(after, limit) {
      if (!exclusive) return await readAfter(after, limit);
      const entries = await kept();
      let low = 0;
      for (let high = after === null ? 0 : entries.length; low < high;) {
        const middle = (low + high) >> 1;
        if (entries[middle]!.cursor > after!) high = middle;
        else low = middle + 1;
      }
      return entries.slice(low, low + limit);
    },

    async broadcastIds(before, limit, all = false) {
      const prefix = keys.allBroadcasts();
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const ids: string[] = [];
      let last: string | null = null;
      let looked = 0;
      for await (const { key, value } of kv.list<BroadcastValue>(selector, { limit, reverse: true })) {
        looked++;
        last = key[1] as string;
        if (all || value.place !== null) ids.push(last);
      }
      return { ids, last: looked < limit ? null : last };
    },

    broadcast: readBroadcast,

    async changeBroadcast(commandId, from, to, happening) {
      const key = keys.broadcast(commandId);
      const opens = to === "open";
      // An expired or failed broadcast keeps its place for people who accepted it.
      const place = opens ? "first" : to === "expired" || to === "failed" ? from.place : null;
      const timeline = [...from.timeline, happening];
      const value: BroadcastValue =
        to === "cancelled" && (from.state === "expired" || from.state === "failed")
          ? { state: from.state, place, cancelled: true, timeline }
          : { state: to, place, timeline };
      const committed = await committer.commit({
        checks: [{ key, versionstamp: from.version }],
        sets: [{ key, value }],
        deletes: to === "cancelled" ? placeKeys(from) : [],
        appends: opens ? [{ log: keys.broadcasts(), value: { commandId } }] : [],
        alone: true,
      }).finally(() => remembered.forget(commandId));
      if (!committed.ok) return false;
      if (opens) {
        opened({ cursor: committed.versionstamp, commandId });
        return committed.versionstamp;
      }
      if (to === "cancelled") closed(commandId);
      return true;
    },

    async totals(commandId) {
      const totals: Totals = {};
      for await (const { key, value } of kv.list<KvCount>({ prefix: keys.totals(commandId) })) {
        const count = Number(value.value);
        if (count > 0) totals[key[2] as CommandState] = count;
      }
      return totals;
    },

    async answerCounts(commandId) {
      const counts = new Map<string, number>();
      for await (const { key, value } of kv.list<KvCount>({ prefix: keys.answerCounts(commandId) })) {
        counts.set(key[2] as string, Number(value.value));
      }
      return counts;
    },

    async keysOf(commandId) {
      const totals = commandStates.map((state) => keys.total(commandId, state));
      const answers = await Array.fromAsync(
        kv.list({ prefix: keys.answerCounts(commandId) }),
        ({ key }) => key,
      );
      const place = placeKeys(await readBroadcast(commandId));
      return [keys.broadcast(commandId), ...place, ...totals, ...answers];
    },
  };
}

/** The key of a broadcast's log entry, if it has one. */
function placeKeys(broadcast: BroadcastRecord | null): KvKey[] {
  return broadcast === null || broadcast.place === null ? [] : [[...keys.broadcasts(), broadcast.place]];
}
