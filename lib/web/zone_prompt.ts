import type { Context } from "fresh";
import type { PersonState } from "./define.ts";
import { browserZoneOf, keepsZone } from "./browser_settings.ts";

/**
 * CO-4: the time zone of this browser, where its clock is not that of the account and nobody said here to keep that. The page is
 * drawn with the question, so that nothing moves when a script starts.
 */
export function otherZone({ req, state }: Context<PersonState>, account: string): string | null {
  const browser = browserZoneOf(req, state.language);
  if (browser === null || browser === account) return null;
  if (sameClock(browser, account, state.services.clock.now())) return null;
  return keepsZone(req, { account, browser }) ? null : browser;
}

/** Whether two zones show the same time all through a year. */
export function sameClock(one: string, other: string, now: number): boolean {
  const year = new Date(now).getUTCFullYear();
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(year, month, 15, 12));
  return months.every((at) => clockIn(one, at) === clockIn(other, at));
}

function clockIn(timeZone: string, at: number): string {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(at);
}
