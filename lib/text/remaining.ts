import type { Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * How far a moment is from now (both in ms since 1970), in two units at most: `in 1 h 30 min`, `2 d 3 h late`. `past` says what a moment
 * is that is over: a deadline is late, everything else was some time ago.
 */
export function remainingText(
  words: Words["answers"],
  at: number,
  now: number,
  past: "late" | "ago",
): string {
  const time = spanText(words, Math.abs(at - now));
  if (time === null) return words.now;
  return fill(at > now ? words.in : words[past], { time });
}

/** Null for less than a minute. What is left is rounded down, so that nobody comes too late. */
function spanText(words: Words["answers"], ms: number): string | null {
  const days = Math.floor(ms / dayMs);
  const hours = Math.floor(ms % dayMs / hourMs);
  const minutes = Math.floor(ms % hourMs / minuteMs);
  const parts = days >= 7
    ? [[words.days, days]] as const
    : days > 0
    ? [[words.days, days], [words.hours, hours]] as const
    : [[words.hours, hours], [words.minutes, minutes]] as const;
  const said = parts.filter(([, n]) => n > 0).map(([unit, n]) => fill(unit, { n }));
  return said.length === 0 ? null : said.join(" ");
}
