import assert from "node:assert/strict";
import fc from "fast-check";
import { firstIdAt, fullJitter, Ids, iso, systemClock } from "../../lib/platform/mod.ts";
import { id } from "../../lib/protocol/text.ts";
import { FakeClock } from "../fakes/clock.ts";
import { seededRandom } from "../fakes/random.ts";

Deno.test("CM-3: ids sort by time, within a millisecond and when the clock steps back too", () => {
  const times = fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 2, maxLength: 60 });
  fc.assert(fc.property(times, fc.integer(), (millis, seed) => {
    let now = 0;
    const ids = new Ids({ now: () => now, after: systemClock.after }, seededRandom(seed));
    const made = millis.flatMap((ms) => {
      now = ms;
      return [ids.next(), ids.next()];
    });
    assert.deepEqual(made, [...new Set(made)].sort());
    for (const one of made) assert.equal(id.safeParse(one).success, true, one);
  }));
});

Deno.test("CM-3: an id whose random part runs over goes on in the next millisecond", () => {
  const clock = new FakeClock(1000);
  const ids = new Ids(clock, { bytes: (length) => new Uint8Array(length).fill(255), fraction: () => 0 });
  const last = ids.next();
  assert.equal(last, `${firstIdAt(1000).slice(0, 10)}${"Z".repeat(16)}`);
  const next = ids.next();
  assert.equal(next, firstIdAt(1001));
  assert.ok(next > last);
});

Deno.test("DL-10: the first id of a time is a border between the ids before and from it", () => {
  const millis = fc.integer({ min: 1, max: Date.UTC(2200, 0, 1) });
  fc.assert(fc.property(millis, fc.integer(), (ms, seed) => {
    const at = (now: number) => new Ids(new FakeClock(now), seededRandom(seed)).next();
    assert.ok(at(ms) >= firstIdAt(ms));
    assert.ok(at(ms - 1) < firstIdAt(ms));
  }));
  assert.equal(firstIdAt(-5), firstIdAt(0));
  assert.equal(firstIdAt(1.9), firstIdAt(1));
});

Deno.test("CM-3: times on the wire are UTC with milliseconds", () => {
  assert.equal(iso(0), "1970-01-01T00:00:00.000Z");
  assert.equal(iso(Date.UTC(2026, 0, 31, 18)), "2026-01-31T18:00:00.000Z");
});

Deno.test("WS-1: a reconnect waits a random time up to min(30 s, 2^n × 0.5 s)", () => {
  fc.assert(fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, maxExcluded: true }), (attempt, part) => {
    const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => part };
    assert.equal(fullJitter(random, attempt, 500, 30_000), part * Math.min(30_000, 500 * 2 ** attempt));
  }));
});
