import assert from "node:assert/strict";
import { RequestBody } from "../../lib/files/request_body.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";

function rigOf() {
  const clock = new FakeClock();
  const sending = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => sending.resolve(controller) });
  return { clock, sending: sending.promise, body: new RequestBody(stream, clock) };
}

Deno.test("FI-1: only the time in which bytes are waited for counts against a body", async () => {
  const { clock, sending, body } = rigOf();
  using _body = body;
  const sender = await sending;
  // Somebody else's turn comes first.
  clock.advance(limits.uploadStallMs * 3);
  sender.enqueue(new Uint8Array(1));
  assert.equal((await body.next() as Uint8Array).length, 1);
  // The disk is slow.
  clock.advance(limits.uploadStallMs * 3);
  sender.enqueue(new Uint8Array(2));
  assert.equal((await body.next() as Uint8Array).length, 2);
  // Now nothing comes.
  const next = body.next();
  await settle();
  clock.advance(limits.uploadStallMs - 1);
  await settle();
  body.requestSync();
  assert.equal(await next, "sync_requested");
  const last = body.next();
  await settle();
  clock.advance(1);
  assert.equal(await last, "stalled", "being asked gives no more time");
});

Deno.test("FI-1: chunks without a byte give a body no more time", async () => {
  const { clock, sending, body } = rigOf();
  using _body = body;
  const sender = await sending;
  for (let at = 0; at < 4; at++) {
    sender.enqueue(new Uint8Array(0));
    assert.equal((await body.next() as Uint8Array).length, 0);
    clock.advance(limits.uploadStallMs / 4);
  }
  assert.equal(await body.next(), "stalled");
});

Deno.test("OP-9: a file that comes in drops has an end too", async () => {
  const { clock, sending, body } = rigOf();
  using _body = body;
  const sender = await sending;
  let next = body.next();
  const endsAt = clock.now() + limits.uploadRequestMs;
  while (clock.now() + limits.uploadStallMs / 2 < endsAt) {
    await settle();
    clock.advance(limits.uploadStallMs / 2);
    sender.enqueue(new Uint8Array(1));
    assert.equal((await next as Uint8Array).length, 1);
    next = body.next();
  }
  await settle();
  clock.advance(limits.uploadStallMs / 2);
  assert.equal(await next, "stalled");
});
