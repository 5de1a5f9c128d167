import { type HoursWindow, limits, weekdays } from "../../protocol/mod.ts";
import { type QuietRow, rowField, rowsOf, usualNight } from "../../text/mod.ts";

/** The rows of a form for some quiet hours. */
export function rowsFor(windows: readonly HoursWindow[] | null): QuietRow[] {
  return windows === null || windows.length === 0 ? [usualNight] : rowsOf(windows);
}

/** The rows that were filled in, at least in part. */
export function rowsIn(form: URLSearchParams): QuietRow[] {
  const rows = Array.from({ length: limits.quietWindows }, (_, at) => ({
    days: form.getAll(rowField("quietDays", at)),
    from: form.get(rowField("quietFrom", at)) ?? "",
    to: form.get(rowField("quietTo", at)) ?? "",
  }));
  return rows.filter(({ from, to }) => from !== "" || to !== "");
}

/** What `preferences.set` takes, unchecked. Ticked and empty is no answer: the first field says so. */
export function quietHoursIn(form: URLSearchParams): unknown {
  if (form.get("quiet") !== "yes") return null;
  const rows = rowsIn(form);
  if (rows.length === 0) return [{ from: "", to: "" }];
  return rows.map(({ days, from, to }) =>
    days.length === 0 || days.length === weekdays.length ? { from, to } : { days, from, to }
  );
}

/** Which form field shows a problem of which window. */
export const quietNames: Record<string, string> = {
  ...Object.fromEntries(
    Array.from({ length: limits.quietWindows }, (_, at) => [
      [`quietHours.${at}.from`, rowField("quietFrom", at)],
      [`quietHours.${at}.to`, rowField("quietTo", at)],
      [`quietHours.${at}`, rowField("quietFrom", at)],
    ]).flat(),
  ),
  quietHours: "quietFrom",
};
