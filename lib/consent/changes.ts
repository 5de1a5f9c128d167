import type { Preferences, PreferencesChange, QuietHours } from "../protocol/mod.ts";
import { choiceOf } from "./decide.ts";
import type { StoredPreferences } from "./ports.ts";
import type { OpenedAt } from "./standing.ts";

/** CO-1: preferences of a new account. Other categories are blocked. */
export const newPreferences: Preferences = {
  categories: { general: "allow" },
  acceptFrom: "contacts",
  broadcasts: true,
  blockedUsers: [],
  quietHours: null,
  dailyLimit: null,
  shareLimits: false,
};

/** How long openings are kept: longer than any command waits (its schedule and retention together). */
const openedKeptMs = 180 * 24 * 3600_000;

/**
 * Names that were unblocked, and earlier ceilings of kinds, that are kept one by one, so that a person's preferences fit into
 * one value of the store (64 KiB). The oldest are put together: then more of what was sent before is withheld, never less.
 */
const unblockedKept = 100;
const ceilingsKept = 4;

/** Applies a partial change: categories are merged by slug, the rest is replaced. `now` in ms since 1970. */
export function changed(
  current: StoredPreferences | null,
  change: PreferencesChange,
  now: number,
): StoredPreferences {
  const { openedAt = {}, restingHours, ...before } = asListed(current ?? newPreferences);
  const { quietHours, ...rest } = change;
  // Having no ceiling still is no ceiling that ended: for people who had one, held commands let others pass.
  const isStillNone = (name: string, value: unknown) =>
    name === "limits" && value === null && before.limits === undefined;
  const given = Object.fromEntries(
    Object.entries(rest).filter(([name, value]) => value !== undefined && !isStillNone(name, value)),
  );
  const after: Preferences = {
    ...before,
    ...given,
    quietHours: quietHours === undefined ? before.quietHours : listed(quietHours),
    categories: { ...before.categories, ...change.categories },
    blockedUsers: [...new Set(change.blockedUsers ?? before.blockedUsers)],
  };
  const resting = before.quietHours ?? restingHours;
  return {
    ...after,
    openedAt: opened(openedAt, before, after, now),
    ...(after.quietHours !== null || resting === undefined ? {} : { restingHours: resting }),
  };
}

/**
 * Fields of a change that are no longer as its author saw them, and not as they want them either: another of their tabs or devices
 * was there first. Categories are told apart by slug, and named `categories`.
 */
export function changedMeanwhile(
  current: Preferences,
  shown: Partial<Preferences>,
  change: PreferencesChange,
): string[] {
  const { categories = {}, ...rest } = change;
  const differs = (now: unknown, seen: unknown, wanted: unknown) => {
    const text = JSON.stringify(now ?? null);
    return text !== JSON.stringify(seen ?? null) && text !== JSON.stringify(wanted ?? null);
  };
  const stale = Object.entries(rest).filter(([name, wanted]) => {
    const field = name as keyof typeof rest;
    if (wanted === undefined) return false;
    return differs(current[field], shown[field], field === "quietHours" ? listed(rest[field]) : wanted);
  }).map(([name]) => name);
  const isStale = Object.entries(categories).some(([slug, wanted]) =>
    differs(choiceOf(current, slug), shown.categories?.[slug] ?? "block", wanted)
  );
  return isStale ? [...stale, "categories"] : stale;
}

/** Preferences with their quiet hours as a list: older records have one window for all days. */
export function asListed(stored: StoredPreferences): StoredPreferences {
  return { ...stored, quietHours: listed(stored.quietHours) };
}

/** No window at all is as good as null. */
function listed(quietHours: PreferencesChange["quietHours"]): QuietHours | null {
  if (quietHours === null || quietHours === undefined) return null;
  const windows = Array.isArray(quietHours) ? quietHours : [quietHours];
  return windows.length === 0 ? null : windows;
}

/** Notes `now` for each preference that this change opens. */
function opened(at: OpenedAt, before: Preferences, after: Preferences, now: number): OpenedAt {
  const categories = recent(at.categories, now);
  for (const slug of Object.keys(after.categories)) {
    if (choiceOf(before, slug) === "block" && choiceOf(after, slug) !== "block") categories.set(slug, now);
  }
  const blocked = new Set(after.blockedUsers);
  const unblocked = before.blockedUsers.filter((username) => !blocked.has(username));
  const broadcasts = !before.broadcasts && after.broadcasts ? now : at.broadcasts;
  return {
    categories: Object.fromEntries(categories),
    ...openedUsers(at, unblocked, now),
    ...(broadcasts === undefined ? {} : { broadcasts }),
    ...openedKinds(at, before, after, now),
  };
}

/** Notes those that this change unblocks; `usersBefore` is in place of the oldest. */
function openedUsers(
  { users, usersBefore = 0 }: OpenedAt,
  unblocked: readonly string[],
  now: number,
): Pick<OpenedAt, "users" | "usersBefore"> {
  const times = recent(users, now);
  for (const username of unblocked) times.set(username, now);
  const all = [...times].sort(([, one], [, other]) => other - one);
  const before = Math.max(usersBefore, ...all.slice(unblockedKept).map(([, at]) => at));
  return {
    users: Object.fromEntries(all.slice(0, unblockedKept)),
    ...(before > now - openedKeptMs ? { usersBefore: before } : {}),
  };
}

/** Notes a ceiling of kinds that this change raises or takes away (CO-12). */
function openedKinds(
  { kinds = [] }: OpenedAt,
  before: Preferences,
  after: Preferences,
  now: number,
): Pick<OpenedAt, "kinds"> {
  const kept = kinds.filter(({ untilMs }) => untilMs > now - openedKeptMs);
  const [was, is] = [before.limits?.kinds ?? null, after.limits?.kinds ?? null];
  const raised = was !== null && (is === null || is.some((kind) => !was.includes(kind)));
  const all = raised ? [...kept, { kinds: was, untilMs: now }] : kept;
  while (all.length > ceilingsKept) {
    const [oldest, next] = all.splice(0, 2);
    all.unshift({
      kinds: next!.kinds.filter((kind) => oldest!.kinds.includes(kind)),
      untilMs: next!.untilMs,
    });
  }
  return all.length === 0 ? {} : { kinds: all };
}

function recent(times: Readonly<Record<string, number>> | undefined, now: number): Map<string, number> {
  return new Map(Object.entries(times ?? {}).filter(([, at]) => at > now - openedKeptMs));
}
