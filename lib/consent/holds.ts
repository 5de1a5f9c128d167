import type { StoredGrant } from "./sources.ts";
import type { Question, Standing } from "./standing.ts";
import { hoursHeldUntilMs, msUntilMidnight, quietUntilMs } from "./time_of_day.ts";

/** A rule that holds a command. `untilMs`: when it ends by itself; null if something else must happen first. */
export interface Hold {
  rule: "stopped" | "paused" | "quiet_hours" | "daily_limit" | "open_limit";
  untilMs: number | null;
  by?: string;
}

/**
 * What holds a command or chat message that is not withheld, for now (CO-4, CO-12); null: nothing. Only quiet hours hold what was
 * `delivered` before, and only hours hold chat.
 */
export function holdOf(
  standing: Standing,
  grant: StoredGrant | undefined,
  { delivered = false, chat }: Pick<Question, "chat"> & { delivered?: boolean },
  now: number,
): Hold | null {
  const hours = hoursHold(standing, grant, delivered, now);
  if (hours !== null || delivered || chat !== undefined) return hours;
  return dayHold(standing, grant, now) ?? openHold(standing, grant);
}

function hoursHold(
  { preferences: { quietHours }, timeZone }: Standing,
  grant: StoredGrant | undefined,
  delivered: boolean,
  now: number,
): Hold | null {
  if (grant?.hours !== undefined) {
    const untilMs = delivered ? null : hoursHeldUntilMs(now, timeZone, grant.hours);
    return untilMs === null ? null : { rule: "quiet_hours", untilMs: earlier(untilMs, grant), by: grant.id };
  }
  const untilMs = quietHours === null ? null : quietUntilMs(now, timeZone, quietHours);
  return untilMs === null ? null : { rule: "quiet_hours", untilMs };
}

function dayHold(
  { preferences: { dailyLimit, limits }, counts, deliveredToday, timeZone }: Standing,
  grant: StoredGrant | undefined,
  now: number,
): Hold | null {
  const held = (by?: string): Hold => {
    const untilMs = now + msUntilMidnight(now, timeZone);
    return by === undefined ? { rule: "daily_limit", untilMs } : {
      rule: "daily_limit",
      untilMs: by === grant?.id ? earlier(untilMs, grant) : untilMs,
      by,
    };
  };
  if (counts !== undefined) {
    const { today } = counts;
    if (typeof limits?.perDay === "number" && today.all >= limits.perDay) return held("limits");
    if (grant?.perDay !== undefined) {
      return (today.by.get(grant.id) ?? 0) >= grant.perDay ? held(grant.id) : null;
    }
  }
  // Another number, or none at a send, is in its place.
  if (grant?.perDay !== undefined) return null;
  return dailyLimit !== null && deliveredToday >= dailyLimit ? held() : null;
}

function openHold(
  { preferences: { limits }, counts }: Standing,
  grant: StoredGrant | undefined,
): Hold | null {
  if (counts === undefined) return null;
  const { open } = counts;
  if (typeof limits?.open === "number" && open.all >= limits.open) {
    return { rule: "open_limit", untilMs: null, by: "limits" };
  }
  if (grant?.open !== undefined && (open.by.get(grant.id) ?? 0) >= grant.open) {
    return { rule: "open_limit", untilMs: grant.untilMs, by: grant.id };
  }
  return null;
}

/** What holds everything that a person would be told of for now, whoever it is from: a Stop, or quiet hours (UI-12). */
export function newsHold(
  { stopped, preferences: { quietHours }, timeZone }: Standing,
  now: number,
): { rule: "stopped" | "quiet_hours"; untilMs: number | null } | null {
  if (stopped) return { rule: "stopped", untilMs: null };
  const untilMs = quietHours === null ? null : quietUntilMs(now, timeZone, quietHours);
  return untilMs === null ? null : { rule: "quiet_hours", untilMs };
}

/** When the grant ends, the general rules decide. */
function earlier(untilMs: number, { untilMs: end }: StoredGrant): number {
  return end === null ? untilMs : Math.min(untilMs, end);
}
