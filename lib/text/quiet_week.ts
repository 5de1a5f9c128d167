import type { HoursWindow } from "../protocol/mod.ts";
import { type Weekday, weekdays } from "../protocol/weekdays.ts";

/** A part of the week, in minutes since Monday 00:00; the end is outside. */
export interface Span {
  from: number;
  to: number;
}

const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

function timeOf(minute: number): string {
  const ofDay = minute % dayMinutes;
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
}

/** The quiet parts of the week, in order, with none that touch. What goes over Sunday's midnight is in two parts. */
export function spansOf(windows: readonly HoursWindow[]): Span[] {
  const spans = windows.flatMap(({ days, from, to }) => {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    const length = end > start ? end - start : end + dayMinutes - start;
    return (days ?? weekdays).map((day) => {
      const at = weekdays.indexOf(day) * dayMinutes + start;
      return { from: at, to: at + length };
    });
  });
  return joined(spans.flatMap(inWeek));
}

/**
 * CO-4: the fewest windows that say the same, each at most a day long, those of the same times as one: nights as one window over
 * midnight, or cut there.
 */
export function windowsOf(spans: readonly Span[]): HoursWindow[] {
  const whole = joined(spans);
  const nights = gathered(overSunday(whole));
  const cut = gathered(whole.flatMap(byDay));
  return cut.length < nights.length ? cut : nights;
}

function gathered(spans: readonly Span[]): HoursWindow[] {
  const byTimes = new Map<string, Set<Weekday>>();
  for (const { from, to } of spans) {
    for (let at = from; at < to; at += dayMinutes) {
      const until = Math.min(to, at + dayMinutes);
      const times = `${timeOf(at)} ${timeOf(until)}`;
      const days = byTimes.get(times) ?? new Set();
      byTimes.set(times, days.add(weekdays[Math.floor(at / dayMinutes) % 7]!));
    }
  }
  return [...byTimes].map(([times, days]) => {
    const [from, to] = times.split(" ") as [string, string];
    return days.size === weekdays.length
      ? { from, to }
      : { days: weekdays.filter((day) => days.has(day)), from, to };
  });
}

function byDay({ from, to }: Span): Span[] {
  const parts: Span[] = [];
  for (let at = from; at < to;) {
    const until = Math.min(to, (Math.floor(at / dayMinutes) + 1) * dayMinutes);
    parts.push({ from: at, to: until });
    at = until;
  }
  return parts;
}

/** The spans with some made quiet, or loud. */
export function drawn(spans: readonly Span[], strokes: readonly Span[], quiet: boolean): Span[] {
  if (quiet) return joined([...spans, ...strokes]);
  return strokes.reduce<Span[]>(
    (left, { from, to }) =>
      left.flatMap((span) =>
        [{ from: span.from, to: Math.min(span.to, from) }, { from: Math.max(span.from, to), to: span.to }]
          .filter((part) => part.from < part.to)
      ),
    [...spans],
  );
}

/** Whether an hour of the week is quiet, loud, or partly quiet. `at`: its first minute. */
export function hourIs(spans: readonly Span[], at: number): "quiet" | "loud" | "partly" {
  const minutes = spans.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, at + 60) - Math.max(from, at)),
    0,
  );
  return minutes === 60 ? "quiet" : minutes === 0 ? "loud" : "partly";
}

function inWeek({ from, to }: Span): Span[] {
  return to <= weekMinutes ? [{ from, to }] : [{ from, to: weekMinutes }, { from: 0, to: to - weekMinutes }];
}

function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

/** With what ends and begins at the turn of the week as one, unless the whole week is quiet. */
function overSunday(spans: readonly Span[]): Span[] {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined || first === last) return [...spans];
  if (first.from !== 0 || last.to !== weekMinutes) return [...spans];
  return [...spans.slice(1, -1), { from: last.from, to: weekMinutes + first.to }];
}

/** A window as it stands in a form: without days it is for every day. */
export interface QuietRow {
  days: readonly string[];
  from: string;
  to: string;
}

/** Hours that a form offers when quiet hours were never set. */
export const usualNight: QuietRow = { days: [], from: "22:00", to: "07:00" };

/** A form's field of the row at a place; the first has the plain name. */
export function rowField(name: "quietDays" | "quietFrom" | "quietTo", at: number): string {
  return at === 0 ? name : `${name}${at}`;
}

/** The windows that rows say; null while one has only one of its times. */
export function windowsInRows(rows: readonly QuietRow[]): HoursWindow[] | null {
  const filled = rows.filter(({ from, to }) => from !== "" || to !== "");
  if (filled.some(({ from, to }) => from === "" || to === "")) return null;
  return filled.map(({ days, from, to }) => {
    const named = weekdays.filter((day) => days.includes(day));
    return named.length === 0 || named.length === weekdays.length ? { from, to } : { days: named, from, to };
  });
}

export function rowsOf(windows: readonly HoursWindow[]): QuietRow[] {
  return windows.map(({ days = [], from, to }) => ({ days, from, to }));
}
