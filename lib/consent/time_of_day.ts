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

/**
 * When the current quiet hours end, in ms since 1970 UTC; null outside quiet hours. 22:00 to 07:00 crosses midnight; equal
 * times mean the whole day.
 */
export function quietUntilMs(
  now: number,
  timeZone: string,
  quiet: { from: string; to: string },
): number | null {
  const left = minutesUntil(minuteOfDay(now, timeZone), quiet);
  if (left === null) return null;
  return corrected(now - now % 60_000 + left * 60_000, toMinutes(quiet.to), now, timeZone);
}

/**
 * CO-12: when the next of the windows begins, in ms since 1970 UTC; null inside of one. A window that goes over midnight
 * belongs to the day on which it begins.
 */
export function hoursHeldUntilMs(
  now: number,
  timeZone: string,
  windows: readonly HoursWindow[],
): number | null {
  const { weekday, hour, minute } = partsOf(now, timeZone);
  const today = weekdays.indexOf(weekday!.slice(0, 2).toLowerCase() as Weekday);
  const minutes = Number(hour) * 60 + Number(minute);
  const begins = ({ days }: HoursWindow, day: number) =>
    days === undefined || days.includes(weekdays[(day + 7) % 7]!);
  let left = Infinity;
  let start = 0;
  for (const window of windows) {
    const [from, to] = [toMinutes(window.from), toMinutes(window.to)];
    const wholeOrOver = to <= from;
    const inToday = minutes >= from && (wholeOrOver || minutes < to) && begins(window, today);
    if (inToday || (wholeOrOver && minutes < to && begins(window, today - 1))) return null;
    for (let ahead = 0; ahead <= 7; ahead++) {
      const until = ahead * 1440 + from - minutes;
      if (until <= 0 || until >= left || !begins(window, today + ahead)) continue;
      [left, start] = [until, from];
      break;
    }
  }
  if (left === Infinity) return now + msUntilMidnight(now, timeZone);
  return corrected(now - now % 60_000 + left * 60_000, start, now, timeZone);
}

/**
 * Corrects a time that was computed with days of 24 hours to the time at which the local clock shows `minute`. A minute that
 * the clock skips in spring is left as computed.
 */
function corrected(reckonedMs: number, minute: number, now: number, timeZone: string): number {
  const off = (minuteOfDay(reckonedMs, timeZone) - minute + 1440 + 720) % 1440 - 720;
  const ms = reckonedMs - off * 60_000;
  return ms > now && minuteOfDay(ms, timeZone) === minute ? ms : reckonedMs;
}

function minutesUntil(minute: number, quiet: { from: string; to: string }): number | null {
  const from = toMinutes(quiet.from);
  const to = toMinutes(quiet.to);
  const inside = from === to || (from < to ? minute >= from && minute < to : minute >= from || minute < to);
  if (!inside) return null;
  const left = (to - minute + 1440) % 1440;
  return left === 0 ? 1440 : left;
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
