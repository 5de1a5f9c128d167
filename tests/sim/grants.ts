import type { Asked, Choice, Preferences } from "./rules.ts";
import { isQuiet, local } from "./rules.ts";

/** Grants, the ceiling and the pause once more, from the text of CO-9 and CO-12 and of the protocol. */

export interface Window {
  days?: Day[];
  from: string;
  to: string;
}

const days = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
export type Day = (typeof days)[number];

/** What a person allows one source. What is absent is as in the preferences. */
export interface Terms {
  accept?: true;
  categories?: Record<string, Choice>;
  kinds?: string[];
  hours?: Window[];
  perDay?: number;
  open?: number;
  paused?: true;
  untilMs: number | null;
}

/** The grants of a person by `user:NAME` and `group:NAME`, those included whose time is over. */
export type Grants = Readonly<Record<string, Terms>>;

/** The ceiling over all sources. */
export interface Ceiling {
  kinds: string[] | null;
  open: number | null;
  perDay: number | null;
}

/** A person's rules as they may be at a moment. */
export interface Rules {
  preferences: Preferences;
  grants: Grants;
}

export function inForce(terms: Terms | undefined, now: number): Terms | undefined {
  return terms === undefined || (terms.untilMs !== null && now >= terms.untilMs) ? undefined : terms;
}

/** Whose grant a command falls under: its sender's if it is direct, its group's, or nobody's. */
export function sourceOf({ from, audience, group }: Asked): string | null {
  if (audience === "user") return `user:${from}`;
  return audience === "group" ? `group:${group}` : null;
}

/** The grant that a command falls under, if it is in force. */
export function grantFor({ grants }: Rules, asked: Asked, now: number): Terms | undefined {
  const source = sourceOf(asked);
  return source === null ? undefined : inForce(grants[source], now);
}

/** The rules without what a grant for the sender gives beyond a pause: what holds, perhaps, for who is no contact. */
export function withoutTerms(rules: Rules, asked: Asked): Rules {
  const id = sourceOf(asked);
  const terms = id === null ? undefined : rules.grants[id];
  if (id === null || terms === undefined) return rules;
  const { paused, untilMs } = terms;
  return { ...rules, grants: { ...rules.grants, [id]: paused ? { paused, untilMs } : { untilMs } } };
}

/** Who removes a contact keeps nothing of the grant for them but a pause. */
export function withoutContact(grants: Grants, name: string): Grants {
  const { [`user:${name}`]: terms, ...others } = grants;
  if (terms?.paused !== true) return others;
  return { ...others, [`user:${name}`]: { paused: true, untilMs: terms.untilMs } };
}

/** A pause of a person holds all that they send, and one of a group all that is sent to it. */
export function isPaused({ grants }: Rules, { from, group }: Asked, now: number): boolean {
  return inForce(grants[`user:${from}`], now)?.paused === true ||
    (group !== null && inForce(grants[`group:${group}`], now)?.paused === true);
}

/** Why a command waits now (CO-9, the lines that hold, without stop and numbers), or null. */
export function holds(rules: Rules, asked: Asked, now: number, timeZone: string): string | null {
  if (isPaused(rules, asked, now)) return "it is paused";
  const hours = grantFor(rules, asked, now)?.hours;
  if (hours !== undefined) {
    return hours.some((window) => isWithin(window, now, timeZone)) ? null : "the grant has other hours";
  }
  return isQuiet(rules.preferences, now, timeZone) ? "quiet hours" : null;
}

/** Days are those on which a window begins. */
function isWithin({ days: on, from, to }: Window, now: number, timeZone: string): boolean {
  const at = local(now, timeZone);
  const time = at.toPlainTime().toString({ smallestUnit: "minute" });
  const today = days[at.dayOfWeek - 1]!;
  const yesterday = days[(at.dayOfWeek + 5) % 7]!;
  const begins = (day: Day) => on === undefined || on.includes(day);
  if (from === to) return begins(today) && time >= from || begins(yesterday) && time < to;
  if (from < to) return begins(today) && from <= time && time < to;
  return (begins(today) && time >= from) || (begins(yesterday) && time < to);
}

/** Most commands of a day or open at once that apply to a command, by what they count. Null: no such limit. */
export function numbers(rules: Rules, asked: Asked, now: number): Record<Counter, number | null> {
  const grant = grantFor(rules, asked, now);
  const { dailyLimit, limits } = rules.preferences;
  return {
    ceilingPerDay: limits?.perDay ?? null,
    ceilingOpen: limits?.open ?? null,
    grantPerDay: grant?.perDay ?? null,
    grantOpen: grant?.open ?? null,
    daily: grant?.perDay === undefined ? dailyLimit : null,
  };
}
export type Counter = "ceilingPerDay" | "ceilingOpen" | "grantPerDay" | "grantOpen" | "daily";
export const perDayCounters = ["ceilingPerDay", "grantPerDay", "daily"] as const;
export const openCounters = ["ceilingOpen", "grantOpen"] as const;
