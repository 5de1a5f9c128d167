import { type CommandRecord, deliveredRecord } from "../../commands/mod.ts";
import type { CommandStore, StoredState } from "../../commands/ports.ts";
import { changeWrite, countedTaken, stateCheck } from "./command_writes.ts";
import { batchChecks, type Check } from "./committer.ts";
import type { StatesPart } from "./states_store.ts";
import type { Store } from "./store.ts";
import { type Newest, newestMost, type TakenLists, type TakenRun } from "./taken_lists.ts";

/** Most commands of one list: with ids of 26 characters it stays under 20 KB. */
const listMost = 512;
/** About how many bytes a list has, and each id in it. */
const listBytes = 256;
const idBytes = 60;

/** Writes deliveries (DL-11). */
export interface TakingPart {
  take: CommandStore["take"];
  atOnce: CommandStore["takenAtOnce"];
  /** Checks that nothing of this is delivered meanwhile, for other writes. Null: it was since it was read. */
  checks(states: readonly StoredState[]): Promise<Check[] | null>;
}

/** `keptMs`: how long a list is kept after the last wait of its commands could have ended; twice that wait more, for the history. */
export function kvTaking(
  { committer, exclusive }: Store,
  lists: TakenLists,
  states: Pick<StatesPart, "written">,
  readCommands: (commandIds: readonly string[]) => Promise<Map<string, CommandRecord>>,
  keptMs: number,
): TakingPart {
  /** Whether one of a person's commands is in their lists, which were read for it. */
  async function isTaken(userId: string, newest: Newest, of: readonly StoredState[]): Promise<boolean> {
    const old = of.filter(({ commandId }) => commandId <= newest.value.upTo);
    return old.length > 0 && (await lists.find(userId, old.map(({ commandId }) => commandId))).size > 0;
  }

  /** Ids that are not the largest would overlap with older lists, so they get a record of their own; they are rare. */
  function explicitWrites(
    taken: readonly StoredState[],
    at: string,
    records: ReadonlyMap<string, CommandRecord>,
  ) {
    return changeWrite(
      taken.map((from) => ({ from, to: deliveredRecord(from.record, at) })),
      keptMs,
      records,
    );
  }

  return {
    // Where other processes write too, every command costs one of the store's checks.
    atOnce: exclusive ? listMost : batchChecks - 1,

    async take(userId, taken, at, current) {
      const newest = await lists.newestOf(userId);
      if (await isTaken(userId, newest, taken)) return false;
      const { upTo } = newest.value;
      const late = taken.filter(({ commandId }) => commandId <= upTo);
      const listed = late.length === 0 ? taken : taken.filter(({ commandId }) => commandId > upTo);
      const records = await readCommands(taken.map(({ commandId }) => commandId));
      const write = explicitWrites(late, at, records);
      const nowMs = Date.parse(at);
      let lastMs = nowMs;
      for (const { expiresMs } of records.values()) lastMs = Math.max(lastMs, expiresMs);
      const runs = runsOf(listed, at);
      const more = lists.adding(userId, newest, runs, nowMs, nowMs + 2 * (lastMs - nowMs) + keptMs);
      write.checks.push(...listed.map(stateCheck), ...more.checks);
      write.sets.push(...more.sets);
      write.sums.push(...countedTaken(listed));
      write.valueBytes += listBytes + (newestMost + listed.length) * idBytes;
      if (!current()) return false;
      let version: string | null = null;
      try {
        const committed = await committer.commit(write);
        if (committed.ok) version = committed.versionstamp;
        return committed.ok;
      } finally {
        lists.written(userId, more.next, version);
        if (late.length > 0) states.written(userId);
      }
    },

    async checks(changed) {
      const checks: Check[] = [];
      const waiting = changed.filter(({ record }) => record.deliveredAt === null);
      for (const [userId, theirs] of Map.groupBy(waiting, ({ userId }) => userId)) {
        const newest = await lists.newestOf(userId);
        if (await isTaken(userId, newest, theirs)) return null;
        checks.push(lists.check(userId, newest));
      }
      return checks;
    },
  };
}

/** By rule, each with rising ids. */
function runsOf(taken: readonly StoredState[], at: string): TakenRun[] {
  const runs = new Map<string | null, string[]>();
  for (const { commandId, record } of taken) {
    const by = record.cast === true ? record.allowedBy : null;
    const ids = runs.get(by);
    if (ids === undefined) runs.set(by, [commandId]);
    else ids.push(commandId);
  }
  return [...runs].map(([by, ids]) => ({ at, by, ids: ids.sort() }));
}
