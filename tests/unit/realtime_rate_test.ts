import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../lib/protocol/mod.ts";
import { RefusalWindow, RequestRate, SendLimiter } from "../../lib/realtime/rate.ts";
import { RequestQueue } from "../../lib/realtime/request_queue.ts";
import { FakeClock } from "../fakes/clock.ts";
import { aCaller } from "../fakes/realtime.ts";

Deno.test("WS-9: a burst of three seconds' requests, then the rate; waiting as told always helps", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 5000 }), (perSecond, pause) => {
      const rate = new RequestRate(perSecond, 0);
      let now = 0;
      for (let n = 0; n < perSecond * 3; n++) assert.equal(rate.take(now), 0);
      assert.ok(rate.take(now) > 0);
      now += pause;
      let wait = rate.take(now);
      if (wait > 0) {
        now += wait;
        wait = rate.take(now);
      }
      assert.equal(wait, 0);
    }),
  );
});

Deno.test("WS-9: a clock that steps back neither refills nor blocks", () => {
  const rate = new RequestRate(1, 10_000);
  for (let n = 0; n < 3; n++) assert.equal(rate.take(10_000), 0);
  assert.ok(rate.take(0) > 0);
  assert.equal(rate.take(1000), 0);
});

Deno.test("WS-9: 0 switches the request rate off", () => {
  const rate = new RequestRate(0, 0);
  for (let n = 0; n < 10_000; n++) assert.equal(rate.take(0), 0);
});

Deno.test("WS-9: in no minute more sends than allowed, counted per user over all connections", () => {
  const clock = new FakeClock();
  const sends = new SendLimiter(30, clock);
  const accepted: number[] = [];
  for (let n = 0; n < 2000; n++) {
    const caller = aCaller({ device: n % 2 ? "phone" : "desk" });
    const refused = sends.take(caller);
    if (refused === undefined) accepted.push(clock.now());
    else {
      assert.equal(refused.kind, "rate_limited");
      const wait = refused.detail.retryAfterMs!;
      assert.ok(wait >= 1 && wait <= 60_000);
    }
    clock.advance(n % 7 * 50);
  }
  assert.ok(accepted.length > 100);
  for (let n = 30; n < accepted.length; n++) assert.ok(accepted[n]! - accepted[n - 30]! >= 60_000);
  assert.equal(sends.take(aCaller({ userId: "another" })), undefined);
});

Deno.test("WS-9: waiting retryAfterMs is enough; admins and 0 are exempt", () => {
  const clock = new FakeClock();
  const sends = new SendLimiter(2, clock);
  sends.take(aCaller());
  clock.advance(1000);
  sends.take(aCaller());
  const refused = sends.take(aCaller());
  assert.equal(refused?.detail.retryAfterMs, 59_000);
  clock.advance(59_000);
  assert.equal(sends.take(aCaller()), undefined);
  for (let n = 0; n < 100; n++) assert.equal(sends.take(aCaller({ role: "admin" })), undefined);
  const off = new SendLimiter(0, clock);
  for (let n = 0; n < 100; n++) assert.equal(off.take(aCaller()), undefined);
});

Deno.test("WS-6: the window of refusals slides", () => {
  const window = new RefusalWindow();
  for (let n = 0; n < 1000; n++) assert.equal(window.add(n * 345), false);
  const burst = new RefusalWindow();
  for (let n = 1; n < limits.refusals; n++) assert.equal(burst.add(0), false);
  assert.equal(burst.add(limits.refusalWindowMs - 1), true);
});

Deno.test("WS-6: what waited and was worked on no longer counts against the bounds of the queue", () => {
  const queue = new RequestQueue<{ length: number }>();
  const large = { length: limits.frameInBytes };
  for (let n = 0; n < limits.requestsInFlight; n++) assert.equal(queue.offer(large), "start");
  for (let n = 0; n < 200; n++) {
    assert.equal(queue.offer(large), "waits");
    assert.equal(queue.ended(), large);
  }
  for (let n = 0; n < limits.framesQueuedLength / large.length; n++) {
    assert.equal(queue.offer(large), "waits");
  }
  assert.equal(queue.offer(large), "full");
  queue.clear();
  for (let n = 0; n < limits.requestsInFlight; n++) assert.equal(queue.ended(), undefined);
  assert.equal(queue.busy, false);
});
