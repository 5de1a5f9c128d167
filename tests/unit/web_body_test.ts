import assert from "node:assert/strict";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";
import { readBytes } from "../../lib/web/body.ts";
import { FakeClock, settle } from "../fakes/clock.ts";

function half() {
  const clock = new FakeClock();
  let sender: ReadableStreamDefaultController<Uint8Array>;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (sender = controller),
    cancel: () => void (cancelled = true),
  });
  const request = new Request("http://behest.test/", { method: "POST", body });
  const reading = readBytes(request, clock);
  return { clock, sender: sender!, reading, cancelled: () => cancelled };
}

Deno.test("OP-9: a body that never ends is given up after its time, however often a byte comes", async () => {
  const { clock, sender, reading, cancelled } = half();
  let outcome: unknown = "reading";
  void reading.then((read) => outcome = read);
  for (let passed = 0; passed < limits.bodyMs - 1000; passed += 1000) {
    sender.enqueue(new Uint8Array(1));
    await settle();
    clock.advance(1000);
  }
  await settle();
  assert.equal(outcome, "reading");
  clock.advance(1000);
  const refused = await reading;
  assert.ok(refused instanceof Refusal);
  assert.equal(refused.status, 400);
  assert.equal(english(refused.message), "The limit is 30 seconds for the whole body. Send it again.");
  await settle();
  assert.ok(cancelled(), "the rest is still waited for");
  assert.equal(clock.pending, 0);
});

Deno.test("OP-9: a body that ends in time is whole and leaves no timer", async () => {
  const { clock, sender, reading } = half();
  sender.enqueue(new Uint8Array([1, 2]));
  await settle();
  clock.advance(limits.bodyMs - 1);
  sender.enqueue(new Uint8Array([3]));
  sender.close();
  assert.deepEqual(await reading, new Uint8Array([1, 2, 3]));
  assert.equal(clock.pending, 0);
});
