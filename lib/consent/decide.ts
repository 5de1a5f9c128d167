import type { Preferences } from "../protocol/mod.ts";
import { msUntilMidnight, quietUntilMs } from "./time_of_day.ts";

/** A person's relation to a sender. Both sides of a contact have accepted it. */
export interface Relation {
  contact: boolean;
  sharesGroup: boolean;
  /** The sender is the person (CM-1). */
  self?: true | undefined;
}

/** Someone who is neither a contact nor in a group with the person. */
export const stranger: Relation = { contact: false, sharesGroup: false };

/** When the person last loosened a preference, in ms since 1970. */
export interface OpenedAt {
  broadcasts?: number;
  categories?: Readonly<Record<string, number>>;
  users?: Readonly<Record<string, number>>;
}

/** Everything that `decide()` needs of a person. */
export interface Standing {
  preferences: Preferences;
  /** Only preferences that were closed before. */
  openedAt?: OpenedAt;
  stopped: boolean;
  /** IANA name, for quiet hours and the daily limit. */
  timeZone: string;
  /** Commands delivered since local midnight; only counted while there is a daily limit. */
  deliveredToday: number;
}

/** Everything that `decide()` needs of a command. */
export interface Question {
  from: { username: string };
  audience: { kind: "user" | "group" | "category" | "all" };
  categories: readonly string[];
  /**
   * When a broadcast was sent, in ms since 1970. A preference that was closed then keeps it withheld, although no record of
   * the person says so (DL-9).
   */
  sentMs?: number;
}

export type Decision =
  | { verdict: "deliver"; sealed: boolean; allowedBy: string }
  | { verdict: "hold"; rule: "stopped" | "quiet_hours" | "daily_limit"; untilMs: number | null }
  | { verdict: "withhold"; rule: string };

/**
 * CO-9: the only code that decides consent. Pure; `now` is ms since 1970 UTC. An unknown rule withholds, and a category without
 * a choice is blocked (CO-1).
 */
export function decide(standing: Standing, relation: Relation, command: Question, now: number): Decision {
  if (standing.stopped) return { verdict: "hold", rule: "stopped", untilMs: null };
  const withheld = withheldBy(standing, relation, command);
  if (withheld !== null) return { verdict: "withhold", rule: withheld };
  const held = heldBy(standing, now);
  if (held !== null) return held;
  const sealed = command.categories.some((slug) => choiceOf(standing.preferences, slug) === "ask");
  return { verdict: "deliver", sealed, allowedBy: allowedBy(standing.preferences, relation, command) };
}

/** The rule that withholds a command from a person at any hour, or null. */
export function withheldBy(
  { preferences, openedAt }: Pick<Standing, "preferences" | "openedAt">,
  relation: Relation,
  command: Question,
): string | null {
  if (preferences.blockedUsers.includes(command.from.username)) return "blocked_user";
  const { kind } = command.audience;
  switch (kind) {
    case "user":
      if (!acceptsDirect(preferences, relation)) return "accept_from";
      break;
    case "group":
      if (!relation.sharesGroup) return "no_member";
      break;
    case "category":
    case "all":
      if (preferences.broadcasts !== true) return "broadcasts";
      break;
    default:
      kind satisfies never;
      return "not_understood";
  }
  if (command.categories.length === 0) return "no_category";
  const blocked = command.categories.find((slug) => choiceOf(preferences, slug) === "block");
  if (blocked !== undefined) return `category:${blocked}`;
  return openedAt === undefined || command.sentMs === undefined
    ? null
    : openedLater(openedAt, command, command.sentMs);
}

/** The rule for a preference that was still closed when the command was sent, or null. */
function openedLater(
  openedAt: OpenedAt,
  { from, audience, categories }: Question,
  sentMs: number,
): string | null {
  const { username } = from;
  if (
    openedAt.users !== undefined && Object.hasOwn(openedAt.users, username) &&
    openedAt.users[username]! > sentMs
  ) {
    return "blocked_user";
  }
  if (audience.kind !== "group" && (openedAt.broadcasts ?? 0) > sentMs) return "broadcasts";
  const times = openedAt.categories ?? {};
  const slug = categories.find((slug) => Object.hasOwn(times, slug) && times[slug]! > sentMs);
  return slug === undefined ? null : `category:${slug}`;
}

/** `acceptFrom` is about other people: whatever it says, a person can send to themselves. Every other rule still applies. */
function acceptsDirect(preferences: Preferences, relation: Relation): boolean {
  if (relation.self) return true;
  switch (preferences.acceptFrom) {
    case "anyone":
      return true;
    case "groups":
      return relation.contact || relation.sharesGroup;
    case "contacts":
      return relation.contact;
    case "nobody":
      return false;
    default:
      preferences.acceptFrom satisfies never;
      return false;
  }
}

/** The choice for a category; anything else than a choice blocks. */
export function choiceOf(preferences: Preferences, slug: string): "allow" | "ask" | "block" {
  const choice = Object.hasOwn(preferences.categories, slug) ? preferences.categories[slug] : undefined;
  return choice === "allow" || choice === "ask" ? choice : "block";
}

function heldBy(standing: Standing, now: number): Extract<Decision, { verdict: "hold" }> | null {
  const { quietHours, dailyLimit } = standing.preferences;
  if (quietHours !== null) {
    const untilMs = quietUntilMs(now, standing.timeZone, quietHours);
    if (untilMs !== null) return { verdict: "hold", rule: "quiet_hours", untilMs };
  }
  if (dailyLimit !== null && standing.deliveredToday >= dailyLimit) {
    return { verdict: "hold", rule: "daily_limit", untilMs: now + msUntilMidnight(now, standing.timeZone) };
  }
  return null;
}

/** CO-8: the preferences that allowed it, in the terms of the preferences page. */
function allowedBy(preferences: Preferences, relation: Relation, command: Question): string {
  const choices = command.categories.map((slug) => `${slug}=${choiceOf(preferences, slug)}`).join(",");
  switch (command.audience.kind) {
    case "user": {
      if (relation.self) return `self; ${choices}`;
      const why = preferences.acceptFrom === "anyone"
        ? "anyone"
        : relation.contact
        ? "contact"
        : "shared_group";
      return `acceptFrom=${preferences.acceptFrom} (${why}); ${choices}`;
    }
    case "group":
      return `membership; ${choices}`;
    case "category":
    case "all":
      return `broadcasts=true; ${choices}`;
    default:
      return command.audience.kind satisfies never;
  }
}
