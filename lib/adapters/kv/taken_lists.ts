import type { Check, Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvPort, KvSelector } from "./port.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

/** Commands that were delivered at one time, by one rule; ids rise. `by` is null for direct commands, whose first record has it. */
export interface TakenRun {
  at: string;
  by: string | null;
  ids: string[];
}

/** A person's latest deliveries. Every id here is larger than those of their older lists. */
interface NewestValue {
  /** The largest id in any of the person's lists. */
  upTo: string;
  runs: TakenRun[];
  /** There are older lists. */
  older: boolean;
  keptUntilMs: number;
}

interface OlderValue {
  runs: TakenRun[];
}

/** A person's latest list as it was read; `version` null: they have none. */
export interface Newest {
  value: NewestValue;
  version: string | null;
  moment: number | undefined;
}

/** When a command was delivered, and by which rule if it was a broadcast. */
export type Taken = Pick<TakenRun, "at" | "by">;

/** The writes of more deliveries, and the latest list that they make. */
export interface TakenWrite {
  checks: Check[];
  sets: NonNullable<Write["sets"]>;
  next: NewestValue;
}

/** Ids in the latest list from which on it becomes an older one: it is written with each delivery, so it stays short. */
export const newestMost = 32;
/** People whose latest list is kept in memory. */
const peopleKept = 20_000;
/** Lists that are read at a time: neighbours in a log are in one list or two. */
const listsAtOnce = 2;
const nothing: NewestValue = { upTo: "", runs: [], older: false, keptUntilMs: 0 };

/**
 * DL-11: lists of the commands that were delivered to a person and to which nothing else has happened. A list takes the place
 * of one record for each command. The key of an older list is its largest id, and ids of different lists do not overlap, so one
 * range read finds a command.
 */
export class TakenLists {
  readonly #store: Pick<Store, "kv" | "committer" | "exclusive">;
  readonly #newest: Remembered<Newest>;

  constructor(store: Pick<Store, "kv" | "committer" | "exclusive">) {
    this.#store = store;
    this.#newest = new Remembered(store.exclusive ? peopleKept : 0);
  }

  async newestOf(userId: string): Promise<Newest> {
    const known = this.#newest.get(userId);
    if (known !== undefined) return known;
    const { kv, committer, exclusive } = this.#store;
    const { moment: readAt } = this.#newest;
    const moment = exclusive ? committer.moment : undefined;
    const { value, versionstamp } = await kv.get<NewestValue>(keys.takenNewest(userId));
    const newest = { value: value ?? nothing, version: versionstamp, moment };
    this.#newest.keep(userId, newest, readAt);
    return newest;
  }

  /** Which of a person's commands are in their lists. */
  async find(userId: string, commandIds: readonly string[]): Promise<Map<string, Taken>> {
    const found = new Map<string, Taken>();
    if (commandIds.length === 0) return found;
    const { value } = await this.newestOf(userId);
    const wanted = new Set(commandIds.filter((commandId) => commandId <= value.upTo));
    if (wanted.size === 0) return found;
    collect(value.runs, wanted, found);
    if (!value.older || wanted.size === 0) return found;
    const sorted = [...wanted].sort();
    const selector = { prefix: keys.takenOf(userId), start: keys.taken(userId, sorted[0]!) };
    for await (
      const { key, value } of this.#store.kv.list<OlderValue>(selector, { batchSize: listsAtOnce })
    ) {
      collect(value.runs, wanted, found);
      if (wanted.size === 0 || (key[2] as string) >= sorted.at(-1)!) break;
    }
    return found;
  }

  /** Up to `most` ids below `before` (null: no bound) and from `from` on, largest first. */
  async idsBelow(userId: string, before: string | null, from: string, most: number): Promise<string[]> {
    const { value } = await this.newestOf(userId);
    const isWanted = (id: string) => (before === null || id < before) && id >= from;
    const found = idsOf(value.runs).filter(isWanted);
    if (value.older && found.length < most) {
      const prefix = keys.takenOf(userId);
      // The list that has ids on both sides of `before`.
      const across = before === null
        ? []
        : await this.#lists({ prefix, start: [...prefix, before] }, 1, false);
      found.push(...across.flatMap(({ runs }) => idsOf(runs)).filter(isWanted));
      const end = before === null ? {} : { end: [...prefix, before] };
      for await (
        const { key, value } of this.#store.kv.list<OlderValue>({ prefix, ...end }, {
          reverse: true,
          batchSize: listsAtOnce,
        })
      ) {
        if (found.length >= most || (key[2] as string) < from) break;
        found.push(...idsOf(value.runs).filter(isWanted));
      }
    }
    // A list that became an older one meanwhile was read twice.
    return [...new Set(found)].sort((a, b) => a > b ? -1 : 1).slice(0, most);
  }

  async #lists(selector: KvSelector, limit: number, reverse: boolean): Promise<OlderValue[]> {
    const entries = await Array.fromAsync(this.#store.kv.list<OlderValue>(selector, { limit, reverse }));
    return entries.map(({ value }) => value);
  }

  /** The writes that add deliveries. Their ids must be larger than all in the person's lists (`upTo`). */
  adding(
    userId: string,
    { value, version, moment }: Newest,
    runs: TakenRun[],
    nowMs: number,
    keptUntilMs: number,
  ) {
    const upTo = runs.flatMap(({ ids }) => ids).reduce((most, id) => id > most ? id : most, value.upTo);
    const kept = Math.max(value.keptUntilMs, keptUntilMs);
    const expireIn = Math.max(1, kept - nowMs);
    const together = joined([...value.runs, ...runs]);
    const isFull = together.reduce((count, { ids }) => count + ids.length, 0) >= newestMost;
    const next: NewestValue = {
      upTo,
      runs: isFull ? [] : together,
      older: value.older || isFull,
      keptUntilMs: kept,
    };
    const older = isFull
      ? [{ key: keys.taken(userId, upTo), value: { runs: together } satisfies OlderValue, expireIn }]
      : [];
    const write: TakenWrite = {
      checks: [this.check(userId, { value, version, moment })],
      sets: [{ key: keys.takenNewest(userId), value: next, expireIn }, ...older],
      next,
    };
    return write;
  }

  /** Fails the write if something was delivered to the person since the read. */
  check(userId: string, { version, moment }: Newest): Check {
    return { key: keys.takenNewest(userId), versionstamp: version, moment };
  }

  /** Must be called after a write of `adding`: with its versionstamp, or null if it failed or may have. */
  written(userId: string, next: NewestValue, version: string | null): void {
    const known = this.#newest.get(userId);
    const { committer, exclusive } = this.#store;
    // Also discards reads that are under way: they may be older.
    this.#newest.forget(userId);
    if (version === null || (known?.version ?? "") > version) return;
    const { moment: now } = this.#newest;
    this.#newest.keep(
      userId,
      { value: next, version, moment: exclusive ? committer.moment : undefined },
      now,
    );
  }
}

/**
 * A person's latest list and their older lists after `lastOlder` ("": all), as the store has them; with the largest id in an
 * older one.
 */
export async function takenSince(
  kv: KvPort,
  userId: string,
  lastOlder: string,
): Promise<{ runs: TakenRun[]; lastOlder: string }> {
  // The latest first: a list that becomes an older one meanwhile is found twice, not missed.
  const { value } = await kv.get<NewestValue>(keys.takenNewest(userId));
  const runs = [...value?.runs ?? []];
  let last = lastOlder;
  if (value?.older !== true) return { runs, lastOlder };
  const selector = { prefix: keys.takenOf(userId), start: keys.taken(userId, `${lastOlder}\0`) };
  for await (const { key, value } of kv.list<OlderValue>(selector)) {
    runs.push(...value.runs);
    last = key[2] as string;
  }
  return { runs, lastOlder: last };
}

/** Moves those of the wanted ids that are in the runs to `found`. */
function collect(runs: readonly TakenRun[], wanted: Set<string>, found: Map<string, Taken>): void {
  for (const run of runs) {
    for (const id of run.ids) if (wanted.delete(id)) found.set(id, run);
  }
}

function idsOf(runs: readonly TakenRun[]): string[] {
  return runs.flatMap(({ ids }) => ids);
}

/** Joins neighbours of one time and rule. */
function joined(runs: readonly TakenRun[]): TakenRun[] {
  const all: TakenRun[] = [];
  for (const run of runs) {
    const last = all.at(-1);
    if (last !== undefined && last.at === run.at && last.by === run.by) {
      all[all.length - 1] = { ...last, ids: [...last.ids, ...run.ids] };
    } else all.push(run);
  }
  return all;
}
