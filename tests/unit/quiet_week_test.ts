import assert from "node:assert/strict";
import fc from "fast-check";
import { decide, newPreferences } from "../../lib/consent/mod.ts";
import { type HoursWindow, limits, weekdays } from "../../lib/protocol/mod.ts";
import { drawn, hourIs, type Span, spansOf, windowsInRows, windowsOf } from "../../lib/text/quiet_week.ts";

/** A Monday, 00:00. */
const monday = Date.UTC(2026, 0, 5);

const clock = fc.integer({ min: 0, max: 95 }).map((quarter) =>
  `${String(quarter >> 2).padStart(2, "0")}:${String(quarter % 4 * 15).padStart(2, "0")}`
);
const window: fc.Arbitrary<HoursWindow> = fc.record(
  { days: fc.subarray([...weekdays], { minLength: 1 }), from: clock, to: clock },
  { requiredKeys: ["from", "to"] },
);

function isQuiet(quietHours: HoursWindow[], minute: number): boolean {
  const standing = {
    preferences: { ...newPreferences, quietHours },
    stopped: false,
    timeZone: "UTC",
    deliveredToday: 0,
  };
  const command = {
    from: { username: "ann" },
    audience: { kind: "user" as const },
    kind: "task",
    categories: ["general"],
  };
  const relation = { contact: true, sharesGroup: false };
  return decide(standing, relation, command, monday + minute * 60_000).verdict === "hold";
}

Deno.test("CO-4: the drawn week is quiet exactly when decide() holds, and its windows say the same", () => {
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 6 }), (windows) => {
      const spans = spansOf(windows);
      const again = windowsOf(spans);
      assert.deepEqual(spansOf(again), spans);
      for (let minute = 7; minute < 7 * 1440; minute += 75) {
        const isDrawn = spans.some(({ from, to }) => from <= minute && minute < to);
        assert.equal(isDrawn, isQuiet(windows, minute), `minute ${minute}`);
        assert.equal(isDrawn, isQuiet(again, minute), `minute ${minute} again`);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("CO-4: drawing changes the hours under the stroke and no others", () => {
  const place = fc.record({ day: fc.nat(6), hour: fc.nat(23), hours: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(
      fc.array(window, { maxLength: 4 }),
      place,
      fc.boolean(),
      (windows, { day, hour, hours }, quiet) => {
        const before = spansOf(windows);
        const from = day * 1440 + hour * 60;
        const to = Math.min(from + hours * 60, (day + 1) * 1440);
        const after = drawn(before, [{ from, to }], quiet);
        for (let at = 0; at < 7 * 1440; at += 60) {
          const isUnder = at >= from && at < to;
          assert.equal(hourIs(after, at), isUnder ? (quiet ? "quiet" : "loud") : hourIs(before, at));
        }
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("CO-1: what is alike on several days is one window, and a night belongs to the day it begins on", () => {
  const night = windowsOf(spansOf([{ from: "22:00", to: "07:00" }]));
  assert.deepEqual(night, [{ from: "22:00", to: "07:00" }]);
  const whole: Span[] = [{ from: 0, to: 7 * 1440 }];
  assert.deepEqual(windowsOf(whole), [{ from: "00:00", to: "00:00" }]);
  assert.deepEqual(windowsOf([]), []);
  // Drawn as two rectangles, and said so: as nights they would be three windows.
  const workdays = [0, 1, 2, 3, 4].flatMap((day) => [
    { from: day * 1440, to: day * 1440 + 7 * 60 },
    { from: day * 1440 + 22 * 60, to: (day + 1) * 1440 },
  ]);
  const days = ["mo", "tu", "we", "th", "fr"];
  assert.deepEqual(windowsOf(workdays), [
    { days, from: "00:00", to: "07:00" },
    { days, from: "22:00", to: "00:00" },
  ]);
  const longWeekend = windowsOf([{ from: 4 * 1440 + 18 * 60, to: 7 * 1440 }]);
  assert.deepEqual(longWeekend, [{ days: ["fr", "sa"], from: "18:00", to: "18:00" }, {
    days: ["su"],
    from: "18:00",
    to: "00:00",
  }]);
  // Every hour of its own: more than can be kept, which the page refuses.
  const many = Array.from({ length: 12 }, (_, at) => ({ from: at * 120, to: at * 120 + 60 }));
  assert.ok(windowsOf(many).length > limits.quietWindows);
});

Deno.test("CO-1: a row with one time is not finished, and an empty one is none", () => {
  const row = { days: ["mo"], from: "22:00", to: "07:00" };
  const empty = { days: [], from: "", to: "" };
  assert.deepEqual(windowsInRows([row, empty]), [row]);
  assert.deepEqual(windowsInRows([{ ...row, days: weekdays }]), [{ from: "22:00", to: "07:00" }]);
  assert.equal(windowsInRows([row, { ...empty, to: "07:00" }]), null);
});
