import assert from "node:assert/strict";
import fc from "fast-check";
import { hoursHeldUntilMs, quietUntilMs } from "../../lib/consent/time_of_day.ts";

Deno.test("CO-4 CO-12: hours that begin or end in what the clock skips in spring do so with the skip", () => {
  const minuteMs = 60_000;
  // The first moment after each skip, and the minutes that are skipped.
  const skips = [
    { timeZone: "America/Santiago", at: Date.UTC(2026, 8, 6, 4), first: 0, minutes: 60 },
    { timeZone: "Africa/Cairo", at: Date.UTC(2026, 3, 23, 22), first: 0, minutes: 60 },
    { timeZone: "Europe/Berlin", at: Date.UTC(2026, 2, 29, 1), first: 120, minutes: 60 },
    { timeZone: "Australia/Lord_Howe", at: Date.UTC(2026, 9, 3, 15, 30), first: 120, minutes: 30 },
  ];
  const clockTime = (minute: number) => new Date(minute * minuteMs).toISOString().slice(11, 16);
  const property = fc.property(
    fc.constantFrom(...skips),
    fc.nat(29),
    fc.integer({ min: 1, max: 300 }),
    (skip, into, before) => {
      const { timeZone, at } = skip;
      const edge = clockTime(skip.first + into % skip.minutes);
      const [now, later] = [at - before * minuteMs, clockTime(skip.first + 120)];
      const ends = { from: clockTime((skip.first + 1440 - 360) % 1440), to: edge };
      assert.equal(quietUntilMs(now, timeZone, [ends]), at, `${timeZone}: quiet until ${edge}`);
      assert.equal(quietUntilMs(at, timeZone, [ends]), null);
      const begins = hoursHeldUntilMs(now, timeZone, [{ from: edge, to: later }]);
      assert.equal(begins, at, `${timeZone}: ${edge} begins`);
    },
  );
  fc.assert(property, { numRuns: 60 });
});
