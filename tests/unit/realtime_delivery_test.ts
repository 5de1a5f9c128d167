import assert from "node:assert/strict";
import fc from "fast-check";
import { type Delivery, limits, notifications } from "../../lib/protocol/mod.ts";
import { packDeliveries } from "../../lib/realtime/frames.ts";
import { settle } from "../fakes/clock.ts";
import { aDelivery, annId, cursorOf, FakeRealtime, request } from "../fakes/realtime.ts";

function ids(...numbers: number[]): string[] {
  return numbers.map((n) => aDelivery(n).command.id);
}

function range(from: number, to: number): Delivery[] {
  return Array.from({ length: to - from + 1 }, (_, n) => aDelivery(from + n));
}

/** A read of the log that is under way until `release` is called. */
function hold(realtime: FakeRealtime): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  realtime.inbox.gate = promise;
  return () => {
    realtime.inbox.gate = null;
    resolve();
  };
}

Deno.test("DL-2: after session.ready comes what the device has not acknowledged, oldest first, then live", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 5);
  realtime.inbox.cursor = cursorOf(2);
  const { socket } = await realtime.connect();
  assert.deepEqual(socket.frames.map((frame) => frame.method), ["session.ready", "command.deliver"]);
  realtime.inbox.log.push(aDelivery(6));
  realtime.hub.ring(annId);
  await settle();
  assert.deepEqual(socket.delivered(), ids(3, 4, 5, 6));
  assert.equal(socket.notified("session.ready")[0]?.pending, 3);
  for (const params of socket.notified("command.deliver")) notifications["command.deliver"].parse(params);
});

Deno.test("DL-2: a device that was not seen starts with every open command", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 3);
  const { socket } = await realtime.connect();
  assert.deepEqual(socket.delivered(), ids(1, 2, 3));
});

Deno.test("DL-1: frames hold at most 64 deliveries and 64 KiB", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(sizes, fc.constantFrom("x", "ü", "\u0001", "\u{1f980}"), (lengths, unit) => {
      const deliveries = lengths.map((length, n) => aDelivery(n + 1, unit.repeat(length)));
      const seen: string[] = [];
      for (let from = 0; from < deliveries.length;) {
        const { text, bytes, count } = packDeliveries(deliveries, from);
        assert.ok(count >= 1 && count <= limits.deliverBatch);
        const size = new TextEncoder().encode(text).length;
        assert.ok(size <= limits.deliverFrameBytes && size <= bytes);
        for (const one of JSON.parse(text).params.deliveries as Delivery[]) seen.push(one.command.id);
        from += count;
      }
      assert.deepEqual(seen, deliveries.map((delivery) => delivery.command.id));
    }),
    { numRuns: 40 },
  );
});

Deno.test("DL-1: at most `window` deliveries are unacknowledged; an acknowledgement makes room", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 10);
  const { connection, socket } = await realtime.connect({ window: 4 });
  assert.deepEqual(socket.delivered(), ids(1, 2, 3, 4));
  realtime.hub.ring(annId);
  await settle();
  assert.equal(socket.delivered().length, 4);
  connection.receive(request(1, "inbox.ack", { cursor: cursorOf(3) }));
  await settle();
  assert.deepEqual(socket.answer(1)?.result, { cursor: cursorOf(3) });
  assert.deepEqual(socket.delivered(), ids(1, 2, 3, 4, 5, 6, 7));
  assert.deepEqual(realtime.inbox.acknowledged, [
    { device: "phone", cursor: cursorOf(3), commandIds: ids(1, 2, 3) },
  ]);
  connection.receive(request(2, "inbox.ack", { cursor: cursorOf(7) }));
  await settle();
  assert.deepEqual(socket.delivered().slice(7), ids(8, 9, 10));
});

Deno.test("DL-1: however acknowledgements, rings and arrivals mix, the window holds and order and count are right", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.constantFrom("ack", "half", "ring", "more", "read"), { maxLength: 60 }),
      async (window, steps) => {
        const realtime = new FakeRealtime();
        const { connection, socket } = await realtime.connect({ window });
        let acknowledged = 0;
        for (const [at, step] of [...steps, ...Array<"ack">(60).fill("ack")].entries()) {
          const delivered = socket.delivered().length;
          assert.ok(delivered - acknowledged <= window);
          if (step === "more") realtime.inbox.log.push(aDelivery(realtime.inbox.log.length + 1));
          if (step === "more" || step === "ring") realtime.hub.ring(annId);
          if ((step === "ack" || step === "half") && delivered > acknowledged) {
            acknowledged = step === "ack" ? delivered : Math.ceil((delivered + acknowledged) / 2);
            connection.receive(request(at, "inbox.ack", { cursor: cursorOf(acknowledged) }));
          }
          if (step !== "ring") await settle();
        }
        assert.deepEqual(socket.delivered(), realtime.inbox.log.map((delivery) => delivery.command.id));
        assert.equal(realtime.inbox.acknowledged.flatMap((ack) => ack.commandIds).length, acknowledged);
        assert.ok(realtime.inbox.mostReadsAtOnce <= 1);
        assert.ok(realtime.inbox.largestRead <= window);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("DL-1: a cursor that was not handed out on this connection is refused; an older one changes nothing", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 10);
  const { connection, socket } = await realtime.connect({ window: 2 });
  connection.receive(request("ahead", "inbox.ack", { cursor: cursorOf(3) }));
  connection.receive(request("shape", "inbox.ack", { cursor: "x" }));
  connection.receive(request("good", "inbox.ack", { cursor: cursorOf(2) }));
  connection.receive(request("again", "inbox.ack", { cursor: cursorOf(1) }));
  await settle();
  assert.equal(socket.answer("ahead")?.error?.code, -32602);
  assert.equal(socket.answer("shape")?.error?.code, -32602);
  assert.deepEqual(socket.answer("good")?.result, { cursor: cursorOf(2) });
  assert.deepEqual(socket.answer("again")?.result, { cursor: cursorOf(2) });
  assert.equal(realtime.inbox.acknowledged.length, 1);
  assert.equal(socket.closeCode(), null);
});

Deno.test("DL-1: a new device cannot acknowledge before anything was delivered", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  connection.receive(request(1, "inbox.ack", { cursor: cursorOf(1) }));
  await settle();
  assert.equal(socket.answer(1)?.error?.code, -32602);
  assert.deepEqual(realtime.inbox.acknowledged, []);
});

Deno.test("DL-2: many rings during one read make one more read, and none at rest", async () => {
  const realtime = new FakeRealtime();
  const release = hold(realtime);
  const { socket } = await realtime.connect();
  for (let n = 0; n < 100; n++) realtime.hub.ring(annId);
  realtime.inbox.log.push(aDelivery(1));
  release();
  await settle();
  assert.equal(realtime.inbox.reads, 2);
  assert.deepEqual(socket.delivered(), ids(1));
  await realtime.clock.advanceAsync(10_000);
  assert.equal(realtime.inbox.reads, 2);
});

Deno.test("WS-10: other kinds never reach the device; it goes on behind them", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 100);
  for (const { command } of realtime.inbox.log.slice(0, 99)) Object.assign(command, { kind: "task" });
  const { socket } = await realtime.connect({ accept: new Set(["message"]), window: 8 });
  assert.deepEqual(socket.delivered(), ids(100));
});

Deno.test("CO-6: after freeze nothing is delivered, not even what was being read", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  realtime.inbox.log = range(1, 2);
  const release = hold(realtime);
  realtime.hub.ring(annId);
  realtime.hub.freeze(annId);
  release();
  await settle();
  realtime.hub.ring(annId);
  realtime.hub.consentChanged(annId);
  await settle();
  assert.deepEqual(socket.delivered(), []);
  const fresh = await realtime.connect({ device: "desk" });
  assert.deepEqual(fresh.socket.delivered(), [], "nor to a device that connects now");
  realtime.hub.thaw(annId);
  await settle();
  assert.deepEqual(socket.delivered(), ids(1, 2));
  assert.deepEqual(fresh.socket.delivered(), ids(1, 2));
});

Deno.test("CO-6: a stop and a resume during one read: what it saw is not used", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  realtime.inbox.log = range(1, 1);
  const release = hold(realtime);
  realtime.hub.ring(annId);
  realtime.hub.freeze(annId);
  realtime.inbox.log = range(2, 2);
  realtime.hub.thaw(annId);
  release();
  await settle();
  assert.deepEqual(socket.delivered(), ids(2));
});

Deno.test("DL-9: what was read before consent changed is read again", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  realtime.inbox.log = range(1, 2);
  const release = hold(realtime);
  realtime.hub.ring(annId);
  realtime.inbox.log = range(2, 2);
  realtime.hub.consentChanged(annId);
  release();
  await settle();
  assert.deepEqual(socket.delivered(), ids(2));
});

Deno.test("DL-3, CO-12: the inbox is told what went out to a person whose rules hold commands apart, and nothing else", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 3);
  const { connection } = await realtime.connect({ window: 3 });
  assert.deepEqual(realtime.inbox.handedOut, [], "rules as everybody has them");
  await connection.receive(request(1, "inbox.ack", { cursor: cursorOf(1) }));
  // Their first grant: what is unacknowledged went out before it.
  realtime.inbox.apart = { untilMs: null };
  const release = hold(realtime);
  realtime.inbox.log.push(aDelivery(4));
  realtime.hub.ring(annId);
  realtime.hub.consentChanged(annId);
  assert.deepEqual(realtime.inbox.handedOut.splice(0), [ids(2, 3)]);
  // What was read under the old rules does not go out.
  release();
  await settle();
  assert.deepEqual(realtime.inbox.handedOut.splice(0), [ids(4)]);
  realtime.hub.consentChanged(annId);
  assert.deepEqual(realtime.inbox.handedOut, [ids(2, 3, 4)]);
});

Deno.test("CO-4: what is held comes when the time is there, or when the bell rings", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 1);
  realtime.inbox.held = { untilMs: realtime.clock.now() + 30_000 };
  const { connection, socket } = await realtime.connect();
  const { reads } = realtime.inbox;
  await realtime.clock.advanceAsync(29_000);
  assert.equal(realtime.inbox.reads, reads);
  connection.receive(request(1, "heartbeat"));
  realtime.inbox.held = null;
  await realtime.clock.advanceAsync(1000);
  assert.deepEqual(socket.delivered(), ids(1));

  realtime.inbox.held = { untilMs: null };
  realtime.inbox.log.push(aDelivery(2));
  realtime.hub.ring(annId);
  await realtime.clock.advanceAsync(5000);
  assert.deepEqual(socket.delivered(), ids(1));
  realtime.inbox.held = null;
  realtime.hub.ring(annId);
  await settle();
  assert.deepEqual(socket.delivered(), ids(1, 2));
});

Deno.test("CO-4: a hold whose time has passed does not spin", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 1);
  realtime.inbox.held = { untilMs: 0 };
  await realtime.connect();
  await realtime.clock.advanceAsync(1000);
  assert.ok(realtime.inbox.reads <= 1000 / limits.deliverRetryMs + 2, `${realtime.inbox.reads} reads`);
});

Deno.test("WS-6: a store that fails in a read closes that connection with 4500; the device comes back to all of it", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 2);
  realtime.inbox.failure = new Error("the disk is gone");
  const { socket } = await realtime.connect();
  assert.equal(socket.closeCode(), 4500);
  assert.ok(realtime.log.lines.some((line) => line.level === "error"));
  realtime.inbox.failure = null;
  const again = await realtime.connect();
  assert.deepEqual(again.socket.delivered(), ids(1, 2));
});

Deno.test("DL-3: nothing is written after the line was lost, and what was not acknowledged comes again", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log = range(1, 3);
  const { connection, socket } = await realtime.connect({ window: 2 });
  connection.receive(request(1, "inbox.ack", { cursor: cursorOf(1) }));
  connection.lost();
  connection.lost();
  const sent = socket.texts.length;
  await settle();
  assert.equal(socket.texts.length, sent);
  assert.equal(realtime.clock.pending, 0);
  const again = await realtime.connect();
  assert.deepEqual(again.socket.delivered(), ids(2, 3));
});
