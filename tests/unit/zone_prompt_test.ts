import assert from "node:assert/strict";
import { sameClock } from "../../lib/web/zone_prompt.ts";
import { minuteOfWeek, timeIn } from "../../lib/browser/zone_clock.ts";

Deno.test("CO-4: a time of the account's day is written as the browser's clock shows it, over midnight too", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 15, 12), Date.UTC(2026, 6, 15, 12)];
  assert.equal(timeIn("Europe/Berlin", "Europe/London", 22, winter), "23:00");
  assert.equal(timeIn("Europe/Berlin", "UTC", 22, summer), "00:00");
  assert.equal(timeIn("America/New_York", "UTC", 2, winter), "21:00");
  assert.equal(timeIn("Asia/Kolkata", "UTC", 22, winter), "03:30");
  assert.equal(timeIn("UTC", "UTC", 22, winter), "22:00");
});

Deno.test("CO-4: now is marked on the day that the account's clock shows", () => {
  // A Sunday, 23:30 UTC: Monday in Berlin, still Sunday in New York.
  const now = Date.UTC(2026, 0, 11, 23, 30);
  assert.equal(minuteOfWeek("UTC", now), 6 * 1440 + 23 * 60 + 30);
  assert.equal(minuteOfWeek("Europe/Berlin", now), 30);
  assert.equal(minuteOfWeek("America/New_York", now), 6 * 1440 + 18 * 60 + 30);
});

Deno.test("CO-4: zones with one clock all through the year are not asked about", () => {
  const now = Date.UTC(2026, 5, 1);
  assert.ok(sameClock("Europe/Berlin", "Europe/Vienna", now));
  assert.ok(!sameClock("Europe/London", "Africa/Abidjan", now), "the same in winter only");
  assert.ok(!sameClock("UTC", "Asia/Tokyo", now));
});
