import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../lib/protocol/mod.ts";
import { RefusalWindow, RequestRate } from "../../lib/realtime/rate.ts";
import { RequestQueue } from "../../lib/realtime/request_queue.ts";

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
