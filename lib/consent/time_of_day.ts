import { type HoursWindow, type Weekday, weekdays } from "../protocol/mod.ts";

/** What a zone's clock showed last: one broadcast asks it about the same second for everybody there. */
interface ZoneClock {
  formatter: Intl.DateTimeFormat;
  second: number;
  parts: Readonly<Record<string, string>>;
}

/** By time zone, as formatters are costly to make. */
const clocks = new Map<string, ZoneClock>();
const clocksKept = 600;

/** Throws RangeError for an unknown zone. */
function clockOf(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const made: ZoneClock = { formatter, second: NaN, parts: {} };
  if (clocks.size >= clocksKept) clocks.clear();
  clocks.set(timeZone, made);
  return made;
}

function partsOf(now: number, timeZone: string): Readonly<Record<string, string>> {
  const clock = clockOf(timeZone);
  const second = Math.floor(now / 1000);
  if (clock.second !== second) {
    const parts = clock.formatter.formatToParts(now).map(({ type, value }) => [type, value]);
    clock.parts = Object.fromEntries(parts);
    clock.second = second;
  }
  return clock.parts;
}

/** Minutes since local midnight, 0 to 1439. `timeZone` is an IANA name; throws RangeError for an unknown one. */
export function minuteOfDay(now: number, timeZone: string): number {
  const { hour, minute } = partsOf(now, timeZone);
  return Number(hour) * 60 + Number(minute);
}

/** The local date, `2026-01-31`. */
export function localDay(now: number, timeZone: string): string {
  const { year, month, day } = partsOf(now, timeZone);
  return `${year}-${month}-${day}`;
}

/** More steps than windows that touch can need within a week. */
const quietSteps = 80;
const weekMs = 7 * 24 * 3600_000;

/**
 * CO-4: when the quiet hours that are now end, in ms since 1970 UTC; null outside of them. Windows that touch or overlap are one.
 * 22:00 to 07:00 crosses midnight; equal times mean a whole day. Where it is always quiet: the end of the window that is now.
 */
export function quietUntilMs(now: number, timeZone: string, windows: readonly HoursWindow[]): number | null {
  const first = windowEndMs(now, timeZone, windows);
  if (first === null || (windows.length === 1 && windows[0]!.days === undefined)) return first;
  let until = first;
  for (let step = 0; step < quietSteps; step++) {
    const next = windowEndMs(until, timeZone, windows);
    if (next === null) return until;
    if (next - now > weekMs) return first;
    until = next;
  }
  return first;
}

/** When the last of the windows ends that a moment is in; null outside of all. */
function windowEndMs(at: number, timeZone: string, windows: readonly HoursWindow[]): number | null {
  if (windows.length === 0) return null;
  const local = localTime(at, timeZone);
  let [left, end] = [0, 0];
  for (const window of windows) {
    const minutes = minutesLeft(window, local);
    if (minutes !== null && minutes > left) [left, end] = [minutes, toMinutes(window.to)];
  }
  return left === 0 ? null : corrected(at - at % 60_000 + left * 60_000, end, at, timeZone);
}

/** The weekday (Monday is 0), and minutes since local midnight. */
interface LocalTime {
  today: number;
  minutes: number;
}

function localTime(now: number, timeZone: string): LocalTime {
  const { weekday, hour, minute } = partsOf(now, timeZone);
  return {
    today: weekdays.indexOf(weekday!.slice(0, 2).toLowerCase() as Weekday),
    minutes: Number(hour) * 60 + Number(minute),
  };
}

function beginsOn({ days }: HoursWindow, day: number): boolean {
  return days === undefined || days.includes(weekdays[(day + 7) % 7]!);
}

/** Minutes until a window ends; null outside of it. One that goes over midnight belongs to the day on which it begins. */
function minutesLeft(window: HoursWindow, { today, minutes }: LocalTime): number | null {
  const [from, to] = [toMinutes(window.from), toMinutes(window.to)];
  const wholeOrOver = to <= from;
  if (minutes >= from && (wholeOrOver || minutes < to) && beginsOn(window, today)) {
    return wholeOrOver ? to + 1440 - minutes : to - minutes;
  }
  return wholeOrOver && minutes < to && beginsOn(window, today - 1) ? to - minutes : null;
}

/**
 * CO-12: when the next of the windows begins, in ms since 1970 UTC; null inside of one.
 */
export function hoursHeldUntilMs(
  now: number,
  timeZone: string,
  windows: readonly HoursWindow[],
): number | null {
  const local = localTime(now, timeZone);
  let left = Infinity;
  let start = 0;
  for (const window of windows) {
    if (minutesLeft(window, local) !== null) return null;
    const from = toMinutes(window.from);
    for (let ahead = 0; ahead <= 7; ahead++) {
      const until = ahead * 1440 + from - local.minutes;
      if (until <= 0 || until >= left || !beginsOn(window, local.today + ahead)) continue;
      [left, start] = [until, from];
      break;
    }
  }
  if (left === Infinity) return now + msUntilMidnight(now, timeZone);
  return corrected(now - now % 60_000 + left * 60_000, start, now, timeZone);
}

/**
 * Corrects a time that was computed with days of 24 hours to the time at which the local clock shows `minute`. If the clock skips that
 * minute in spring: the time of the skip.
 */
function corrected(reckonedMs: number, minute: number, now: number, timeZone: string): number {
  const off = (minuteOfDay(reckonedMs, timeZone) - minute + 1440 + 720) % 1440 - 720;
  const ms = reckonedMs - off * 60_000;
  return ms > now && minuteOfDay(ms, timeZone) === minute ? ms : skipBefore(reckonedMs, now, timeZone);
}

/** The first minute at which as much time has passed by the local clock as really has at `reckonedMs`. */
function skipBefore(reckonedMs: number, now: number, timeZone: string): number {
  const start = now - now % 60_000;
  const passed = (minutes: number) => wallMs(start + minutes * 60_000, timeZone) - wallMs(start, timeZone);
  let [before, after] = [0, Math.floor((reckonedMs - start) / 60_000)];
  const wanted = after * 60_000;
  if (passed(after) < wanted) return reckonedMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (passed(middle) < wanted) before = middle;
    else after = middle;
  }
  return start + after * 60_000;
}

/** What the local clock shows, as if it were UTC. */
function wallMs(at: number, timeZone: string): number {
  const { year, month, day, hour, minute } = partsOf(at, timeZone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
}

function toMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Milliseconds until the local date changes, at least 1 s. */
export function msUntilMidnight(now: number, timeZone: string): number {
  const { hour, minute, second } = partsOf(now, timeZone);
  const passed = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return Math.max(1000, corrected(now + (86_400 - passed) * 1000, 0, now, timeZone) - now);
}
