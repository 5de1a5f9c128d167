import { type Ceiling, grantFor, type Rules } from "./grants.ts";

/** The rules of the specification once more, written from its text and not from the code that is tested. */

export type Choice = "allow" | "ask" | "block";

const days = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
interface Window {
  days?: (typeof days[number])[];
  from: string;
  to: string;
}

export interface Preferences {
  categories: Record<string, Choice>;
  acceptFrom: "anyone" | "groups" | "contacts" | "nobody";
  broadcasts: boolean;
  blockedUsers: string[];
  quietHours: Window | Window[] | null;
  dailyLimit: number | null;
  limits: Ceiling | null;
}

/** CO-1: what a new account takes. */
export const firstPreferences: Preferences = {
  categories: { general: "allow", censored: "block", feet: "block" },
  acceptFrom: "contacts",
  broadcasts: true,
  blockedUsers: [],
  quietHours: null,
  dailyLimit: null,
  limits: null,
};

/** What the rules ask of a command. */
export interface Asked {
  from: string;
  audience: "user" | "group" | "category" | "all";
  group: string | null;
  kind: string;
  categories: readonly string[];
}

/** What the two are to each other; `member`: the recipient is in the command's group. */
export interface Tie {
  contact: boolean;
  sharesGroup: boolean;
  /** They are the same person. */
  self: boolean;
  member: boolean;
}

/**
 * CO-9, the lines that withhold: blocked sender, direct and not accepted from, broadcast and none taken, a blocked category, and
 * a kind that the ceiling or the grant leaves out (CO-12).
 */
export function takes(rules: Rules, tie: Tie, asked: Asked, now: number): boolean {
  const { preferences } = rules;
  const { from, audience, kind } = asked;
  const grant = grantFor(rules, asked, now);
  if (preferences.blockedUsers.includes(from)) return false;
  if (choices(rules, asked, now).includes("block")) return false;
  if (preferences.limits?.kinds?.includes(kind) === false || grant?.kinds?.includes(kind) === false) {
    return false;
  }
  if (audience === "group") return tie.member;
  if (audience !== "user") return preferences.broadcasts;
  if (grant?.accept && tie.contact) return true;
  if (tie.self || preferences.acceptFrom === "anyone") return true;
  if (preferences.acceptFrom === "groups") return tie.contact || tie.sharesGroup;
  return preferences.acceptFrom === "contacts" && tie.contact;
}

/** What is chosen for each of the command's categories: by the grant if it names it, or by the preferences. */
export function choices(rules: Rules, asked: Asked, now: number): Choice[] {
  const granted = grantFor(rules, asked, now)?.categories;
  return asked.categories.map((slug) => granted?.[slug] ?? rules.preferences.categories[slug] ?? "block");
}

/** CO-2. */
export function opensByItself(rules: Rules, asked: Asked, now: number): boolean {
  return choices(rules, asked, now).every((choice) => choice === "allow");
}

export function local(now: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
}

/** CO-4. From 22:00 to 07:00 goes over midnight and belongs to the day it begins on; the end is outside. */
export function isQuiet({ quietHours }: Preferences, now: number, timeZone: string): boolean {
  if (quietHours === null) return false;
  const here = local(now, timeZone);
  const time = here.toPlainTime().toString({ smallestUnit: "minute" });
  const [today, yesterday] = [days[here.dayOfWeek - 1]!, days[(here.dayOfWeek + 5) % 7]!];
  return [quietHours].flat().some(({ days: own = days, from, to }) => {
    if (from < to) return own.includes(today) && from <= time && time < to;
    return (own.includes(today) && time >= from) || (own.includes(yesterday) && time < to);
  });
}

export function dayOf(now: number, timeZone: string): string {
  return local(now, timeZone).toPlainDate().toString();
}

export const closedStates: ReadonlySet<string> = new Set(
  ["completed", "declined", "failed", "expired", "cancelled", "stopped"],
);
/** States in which a command waits for its person, so that its time can run out (DL-6). */
export const waitingStates: ReadonlySet<string> = new Set(
  ["scheduled", "queued", "delivered", "seen", "deferred"],
);

/** CM-4: whether a state may be seen after another one, with any number of moves unseen between them. */
export function mayFollow(before: string, after: string): boolean {
  if (before === after) return true;
  if (closedStates.has(before)) return false;
  if (after === "scheduled") return false;
  return after !== "queued" || before === "scheduled";
}
