import {
  type Grant,
  type GrantChange,
  grantIdOf,
  limits,
  Refusal,
  say,
  type ShownGrant,
} from "../protocol/mod.ts";
import { type GrantRules, isInForce, type StoredGrant, type StoredGrants } from "./sources.ts";

/** How long earlier grants of groups are kept: longer than any command waits (its schedule and retention together). */
const pastKeptMs = 180 * 24 * 3600_000;
/** Most of them; the oldest are dropped first. */
const pastKept = 100;

export const noGrants: StoredGrants = { current: [], past: [] };

/** Applies `grant.set`. `now` in ms since 1970. */
export function withGrant(
  grants: StoredGrants,
  change: GrantChange,
  now: number,
): StoredGrants | Refusal {
  const id = grantIdOf(change.to);
  const before = grants.current.find((grant) => grant.id === id && isInForce(grant, now));
  const untilMs = change.until === undefined
    ? before?.untilMs ?? null
    : change.until === null
    ? null
    : Date.parse(change.until);
  if (untilMs !== null && untilMs <= now) {
    return new Refusal("invalid_params", "grant.until", { fields: { until: "field.later" } });
  }
  const rules = changedRules(before, change);
  const others = withoutGrant(grants, id, now);
  if (Object.keys(rules).length === 0) return others;
  const after: StoredGrant = { id, to: change.to, sinceMs: now, untilMs, ...rules };
  const whole = { current: [...others.current, after], past: others.past };
  if (whole.current.filter((grant) => isInForce(grant, now)).length > limits.grants) {
    return new Refusal("queue_full", say("grant.limit", { count: limits.grants }));
  }
  return JSON.stringify(whole).length > limits.grantsLength
    ? new Refusal("queue_full", "grant.large")
    : whole;
}

/** Ends a grant. What it let through is kept for what was sent to its group before. */
export function withoutGrant({ current, past }: StoredGrants, id: string, now: number): StoredGrants {
  const ended = current.filter((grant) => grant.id === id || !isInForce(grant, now));
  const more = ended.flatMap(({ id, to, categories, kinds, sinceMs, untilMs }) =>
    "user" in to || (categories === undefined && kinds === undefined) ? [] : [{
      id,
      sinceMs,
      endedMs: Math.min(now, untilMs ?? now),
      ...(categories === undefined ? {} : { categories }),
      ...(kinds === undefined ? {} : { kinds }),
    }]
  );
  const kept = [...past, ...more].filter(({ endedMs }) => endedMs > now - pastKeptMs).slice(-pastKept);
  return { current: current.filter((grant) => !ended.includes(grant)), past: kept };
}

/** A grant's rules after a partial change, without those that it takes out. */
function changedRules(before: GrantRules | undefined, change: GrantChange): GrantRules {
  const categories = Object.entries({ ...before?.categories, ...change.categories ?? {} })
    .filter(([, choice]) => choice !== null);
  const next: Record<string, unknown> = {
    accept: change.accept === undefined ? before?.accept : change.accept,
    categories: change.categories === null || categories.length === 0 ? null : Object.fromEntries(categories),
    paused: change.paused === undefined ? before?.paused : change.paused,
    shown: change.shown === undefined ? before?.shown : change.shown,
  };
  for (const name of ["kinds", "hours", "perDay", "open"] as const) {
    next[name] = change[name] === undefined ? before?.[name] : change[name];
  }
  const rules = Object.fromEntries(
    Object.entries(next).filter(([, value]) => value !== undefined && value !== null && value !== false),
  ) as GrantRules;
  // Only to be shown is no rule.
  return Object.keys(rules).join() === "shown" ? {} : rules;
}

/** As it leaves the process, for its owner. */
export function grantShape({ sinceMs, untilMs, ...grant }: StoredGrant): Grant {
  return {
    ...grant,
    since: new Date(sinceMs).toISOString(),
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
  } as Grant;
}

/** The part that its contact sees: never a pause. */
export function shownShape(grant: StoredGrant): ShownGrant {
  const { categories, kinds, hours, perDay, open, until } = grantShape(grant);
  return {
    until,
    ...(categories === undefined ? {} : { categories }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(hours === undefined ? {} : { hours }),
    ...(perDay === undefined ? {} : { perDay }),
    ...(open === undefined ? {} : { open }),
  };
}

/** Whether a change lets more through or shows something, and so needs a contact; a pause does not. */
export function isMoreThanPause({ to: _to, paused: _paused, until: _until, ...rules }: GrantChange): boolean {
  return Object.values(rules).some((value) => value !== undefined && value !== null && value !== false);
}
