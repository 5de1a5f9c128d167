import { type Grant, type GrantSource, type Weekday, weekdays } from "../../protocol/mod.ts";
import { type OfferedHours, offeredHours, offeredKinds } from "../../text/mod.ts";
import { categoryField } from "./preferences.ts";
import { filled, momentIn } from "./form.ts";

/**
 * What `grant.set` takes, unchecked: all that the form says, so that what it leaves out is taken out. `before`: the grant in
 * force; `zone` and `now` say when a day ends.
 */
export function grantChangeOf(
  form: URLSearchParams,
  to: GrantSource,
  before: Grant | undefined,
  { zone, now, slugs }: { zone: string; now: number; slugs: readonly string[] },
): Record<string, unknown> {
  const kinds = form.getAll("kind");
  const others = (before?.kinds ?? []).filter((kind) => !offeredKinds.some((offered) => offered === kind));
  const chosen = [...kinds, ...others];
  return {
    to,
    categories: Object.fromEntries(slugs.map((slug) => [slug, filled(form, categoryField(slug)) ?? null])),
    kinds: chosen.length === 0 ? null : chosen,
    ...hoursOf(form),
    perDay: numberOf(form, "perDay"),
    open: numberOf(form, "open"),
    ...untilOf(form, zone, now),
    ...("user" in to ? { accept: form.get("accept") === "yes", shown: form.get("shown") === "yes" } : {}),
  };
}

function hoursOf(form: URLSearchParams): { hours?: unknown } {
  const choice = form.get("hours") ?? "";
  if (choice === "keep") return {};
  if (choice === "own") {
    return { hours: [{ from: form.get("hoursFrom") ?? "", to: form.get("hoursTo") ?? "" }] };
  }
  return { hours: Object.hasOwn(offeredHours, choice) ? offeredHours[choice as OfferedHours] : null };
}

function numberOf(form: URLSearchParams, name: string): number | null {
  const text = filled(form, name);
  return text === undefined ? null : Number(text);
}

function untilOf(form: URLSearchParams, zone: string, now: number): { until?: string | null } {
  switch (form.get("until")) {
    case "keep":
      return {};
    case "today":
      return { until: endOfDay(now, zone, 0) };
    case "sunday":
      return { until: endOfDay(now, zone, 6 - weekdayOf(now, zone)) };
    case "week":
      return { until: endOfDay(now, zone, 7) };
    case "date": {
      const date = filled(form, "untilDate") ?? "";
      return { until: /^\d{4}-\d\d-\d\d$/.test(date) ? startOf(nextDate(date, 1), zone) : date };
    }
    default:
      return { until: null };
  }
}

/** The midnight after today and some days, in the person's zone. */
function endOfDay(now: number, zone: string, days: number): string {
  return startOf(nextDate(dateIn(now, zone), days + 1), zone);
}

function startOf(date: string, zone: string): string {
  return momentIn(`${date}T00:00`, zone);
}

function nextDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function dateIn(now: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(now);
}

/** Monday is 0. */
function weekdayOf(now: number, zone: string): number {
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short" }).format(now);
  return weekdays.indexOf(name.slice(0, 2).toLowerCase() as Weekday);
}

/** What `preferences.set` takes as the ceiling, unchecked. */
export function ceilingOf(form: URLSearchParams): Record<string, unknown> {
  const kinds = form.getAll("kind");
  return {
    limits: {
      kinds: kinds.length === 0 ? null : kinds,
      perDay: numberOf(form, "perDay"),
      open: numberOf(form, "open"),
    },
  };
}
