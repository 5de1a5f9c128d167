import type { BroadcastRecord, CommandStore, InboxEntry } from "../../commands/mod.ts";
import { type CommandState, commandStates, type Totals } from "../../protocol/mod.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

type BroadcastValue = Pick<BroadcastRecord, "state" | "place" | "cancelled"> & {
  timeline?: BroadcastRecord["timeline"];
};

/** What of the broadcasts' log this process knows of its own writes. */
export interface BroadcastsPart
  extends Pick<CommandStore, "broadcastsAfter" | "broadcast" | "changeBroadcast" | "totals"> {
  /** The writes of a new broadcast, beside those of every command. */
  accepting(commandId: string, scheduled: boolean): Required<Pick<Write, "sets" | "appends" | "alone">>;
  opened(entry: InboxEntry): void;
  closed(commandId: string): void;
  /** Everything that is kept of a broadcast, but what lies with each person. */
  keysOf(commandId: string): Promise<Deno.KvKey[]>;
}

/** How broadcasts are, in memory. */
const broadcastsKept = 10_000;

/** Broadcasts in Deno KV. The log of open ones is in memory where nobody else writes to it. */
export function kvBroadcasts({ kv, committer, exclusive }: Store): BroadcastsPart {
  let log: Promise<InboxEntry[]> | undefined;
  // Whoever acknowledges late looks at it; what follows from it is checked against the store where that matters.
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
      // Commits come in order; one that the first reading found already is not added again.
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

    accepting(commandId, scheduled) {
      const value: BroadcastValue = {
        state: scheduled ? "scheduled" : "open",
        place: scheduled ? null : "first",
      };
      return {
        sets: [{ key: keys.broadcast(commandId), value }],
        appends: scheduled ? [] : [{ log: keys.broadcasts(), value: { commandId } }],
        // A place in this log must be nobody's place in their own, since both are read as one.
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

    broadcast: readBroadcast,

    async changeBroadcast(commandId, from, to, happening) {
      const key = keys.broadcast(commandId);
      const opens = to === "open";
      // One that ran out stays where it is for those who took it on; of the others it is out of reach.
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
      for await (const { key, value } of kv.list<Deno.KvU64>({ prefix: keys.totals(commandId) })) {
        const count = Number(value.value);
        if (count > 0) totals[key[2] as CommandState] = count;
      }
      return totals;
    },

    async keysOf(commandId) {
      const totals = commandStates.map((state) => keys.total(commandId, state));
      return [keys.broadcast(commandId), ...placeKeys(await readBroadcast(commandId)), ...totals];
    },
  };
}

/** Where a broadcast lies in the log, if it does. */
function placeKeys(broadcast: BroadcastRecord | null): Deno.KvKey[] {
  return broadcast === null || broadcast.place === null ? [] : [[...keys.broadcasts(), broadcast.place]];
}
