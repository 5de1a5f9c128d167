import type { QueueStats } from "../protocol/mod.ts";
import type { DayRecord, Tally } from "./case_ports.ts";

/** Times that one day's record keeps. */
const timesKept = 500;

export const noDay: DayRecord = {
  decided: 0,
  undone: 0,
  tookMs: [],
  byKind: {},
  byOutcome: {},
  byAction: {},
  byModerator: {},
};

/** MO-2: one decision more, or one undone. */
export function tallied(day: DayRecord, { by, kind, outcome, tookMs, actions, undone }: Tally): DayRecord {
  if (undone) return { ...day, undone: day.undone + 1 };
  return {
    ...day,
    decided: day.decided + 1,
    tookMs: day.tookMs.length < timesKept ? [...day.tookMs, tookMs] : day.tookMs,
    byKind: plus(day.byKind, [kind]),
    byOutcome: plus(day.byOutcome, [outcome]),
    byAction: plus(day.byAction, actions),
    byModerator: plus(day.byModerator, [by]),
  };
}

export function statsOf(days: readonly DayRecord[]): Omit<QueueStats, "days" | "waiting"> {
  const sum = (numbers: (day: DayRecord) => Record<string, number>) =>
    days.reduce<Record<string, number>>((all, day) => {
      for (const [name, count] of Object.entries(numbers(day))) all[name] = (all[name] ?? 0) + count;
      return all;
    }, {});
  return {
    decided: days.reduce((all, { decided }) => all + decided, 0),
    undone: days.reduce((all, { undone }) => all + undone, 0),
    medianMs: median(days.flatMap(({ tookMs }) => tookMs)),
    byKind: sum(({ byKind }) => byKind),
    byOutcome: sum(({ byOutcome }) => byOutcome),
    byModerator: sum(({ byModerator }) => byModerator),
  };
}

/** The decisions of each month as lines of CSV, with no name of anybody. */
export function transparencyOf(days: readonly (DayRecord & { day: string })[]): string {
  const counts = new Map<string, number>();
  const add = (day: string, what: string, name: string, count: number) => {
    const line = `${day.slice(0, 7)},${what},${name}`;
    if (count > 0) counts.set(line, (counts.get(line) ?? 0) + count);
  };
  for (const { day, decided, undone, byKind, byOutcome, byAction } of days) {
    add(day, "decided", "", decided);
    add(day, "undone", "", undone);
    for (
      const [what, numbers] of [["kind", byKind], ["outcome", byOutcome], ["sanction", byAction]] as const
    ) {
      for (const [name, count] of Object.entries(numbers)) add(day, what, name, count);
    }
  }
  const lines = [...counts].sort(([one], [other]) => one < other ? -1 : 1);
  return ["month,what,name,count", ...lines.map(([line, count]) => `${line},${count}`), ""].join("\r\n");
}

function median(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function plus(numbers: Record<string, number>, names: readonly string[]): Record<string, number> {
  const next = { ...numbers };
  for (const name of names) next[name] = (next[name] ?? 0) + 1;
  return next;
}
