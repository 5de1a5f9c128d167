import assert from "node:assert/strict";
import type { LiveCommand } from "../../lib/platform/mod.ts";
import { limits, notifications } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { aDelivery, annId, cursorOf, FakeRealtime, request } from "../fakes/realtime.ts";

const bobId = "01JB0B00000000000000000000";
const carlId = "01JCAR10000000000000000000";

function entry(n: number, kind = "message"): LiveCommand {
  return {
    delivery: { ...aDelivery(n), command: { ...aDelivery(n).command, kind } as never },
    kind,
    epoch: -1,
  };
}

function idOf(n: number): string {
  return aDelivery(n).command.id;
}

/** Puts it into the log of everybody and rings them. */
function broadcast(
  realtime: FakeRealtime,
  n: number,
  answer?: (userId: string) => LiveCommand | "read" | "skip",
): void {
  realtime.inbox.log.push(aDelivery(n));
  const shared = entry(n);
  realtime.hub.ringAll(answer ?? (() => shared));
}

Deno.test("BR-4: who is up to date gets a broadcast from the ring, in the same text, without a read", async () => {
  const realtime = new FakeRealtime();
  const ann = await realtime.connect();
  const desk = await realtime.connect({ device: "desk" });
  const bob = await realtime.connect({ caller: { userId: bobId } });
  const { reads } = realtime.inbox;
  const asked: string[] = [];
  const shared = entry(1);
  broadcast(realtime, 1, (userId) => {
    asked.push(userId);
    return shared;
  });
  assert.deepEqual(asked, [annId, bobId], "each person is asked once");
  const texts = [ann, desk, bob].map(({ socket }) => socket.texts.at(-1));
  assert.equal(new Set(texts).size, 1);
  for (const { socket } of [ann, desk, bob]) assert.deepEqual(socket.delivered(), [idOf(1)]);
  for (const params of bob.socket.notified("command.deliver")) {
    notifications["command.deliver"].parse(params);
  }
  await settle();
  assert.equal(realtime.inbox.reads, reads);
});

Deno.test("BR-4: several texts by turns are each written for those whose they are", async () => {
  const realtime = new FakeRealtime();
  const people = [];
  for (let n = 0; n < 6; n++) {
    people.push(await realtime.connect({ caller: { userId: `01JP${n}`.padEnd(26, "0") } }));
  }
  const [open, sealed] = [entry(1), entry(2)];
  let turn = 0;
  realtime.hub.ringAll(() => turn++ % 2 === 0 ? open : sealed);
  assert.deepEqual(people.map(({ socket }) => socket.delivered()), [1, 2, 1, 2, 1, 2].map((n) => [idOf(n)]));
});

Deno.test("DL-9: who has to read is woken, and who is not meant is left alone", async () => {
  const realtime = new FakeRealtime();
  const ann = await realtime.connect();
  const bob = await realtime.connect({ caller: { userId: bobId } });
  const carl = await realtime.connect({ caller: { userId: carlId } });
  realtime.inbox.log.push(aDelivery(1));
  const { reads } = realtime.inbox;
  realtime.hub.ringAll((userId) => userId === annId ? entry(1) : userId === bobId ? "read" : "skip");
  await settle();
  assert.equal(realtime.inbox.reads, reads + 1);
  assert.deepEqual(ann.socket.delivered(), [idOf(1)]);
  assert.deepEqual(bob.socket.delivered(), [idOf(1)]);
  assert.deepEqual(carl.socket.delivered(), []);
});

Deno.test("DL-2: a device that is behind reads, so that nothing is overtaken", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.held = { untilMs: null };
  realtime.inbox.log.push(aDelivery(1));
  const { socket } = await realtime.connect();
  broadcast(realtime, 2);
  await settle();
  assert.deepEqual(socket.delivered(), [], "what is held back holds back what comes after");
  realtime.inbox.held = null;
  broadcast(realtime, 3);
  await settle();
  assert.deepEqual(socket.delivered(), [1, 2, 3].map(idOf));
});

Deno.test("DL-2: a broadcast that comes while the log is being read is read after it, once", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  realtime.inbox.log.push(aDelivery(1));
  const { promise, resolve } = Promise.withResolvers<void>();
  realtime.inbox.gate = promise;
  realtime.hub.ring(annId);
  broadcast(realtime, 2);
  assert.deepEqual(socket.delivered(), []);
  realtime.inbox.gate = null;
  resolve();
  await settle();
  assert.deepEqual(socket.delivered(), [1, 2].map(idOf));
});

Deno.test("DL-2: a broadcast that comes before the line stands is in its first read", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = realtime.take();
  broadcast(realtime, 1);
  assert.deepEqual(socket.texts, []);
  void connection.start();
  await settle();
  assert.deepEqual(socket.frames.map(({ method }) => method), ["session.ready", "command.deliver"]);
  assert.deepEqual(socket.delivered(), [idOf(1)]);
});

Deno.test("CO-6: a frozen device gets no broadcast until it is thawed", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  realtime.hub.freeze(annId);
  broadcast(realtime, 1);
  await settle();
  assert.deepEqual(socket.delivered(), []);
  realtime.hub.thaw(annId);
  await settle();
  assert.deepEqual(socket.delivered(), [idOf(1)]);
});

Deno.test("DL-1: broadcasts keep within the window, and go on with the acknowledgement", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect({ window: 2 });
  for (let n = 1; n <= 5; n++) broadcast(realtime, n);
  await settle();
  assert.deepEqual(socket.delivered(), [1, 2].map(idOf));
  connection.receive(request("early", "inbox.ack", { cursor: cursorOf(3) }));
  connection.receive(request("ack", "inbox.ack", { cursor: cursorOf(2) }));
  await settle();
  assert.ok(socket.answer("early")?.error);
  assert.deepEqual(socket.delivered(), [1, 2, 3, 4].map(idOf));
  assert.deepEqual(realtime.inbox.acknowledged.map(({ commandIds }) => commandIds), [[1, 2].map(idOf)]);
  connection.receive(request("more", "inbox.ack", { cursor: cursorOf(4) }));
  await settle();
  assert.deepEqual(socket.delivered(), [1, 2, 3, 4, 5].map(idOf));
});

Deno.test("WS-10: a kind that a device does not show is passed over without a read, in its order", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect({ accept: new Set(["message"]) });
  const { reads } = realtime.inbox;
  const task = entry(1, "task");
  realtime.hub.ringAll(() => task);
  broadcast(realtime, 2);
  await settle();
  assert.deepEqual(socket.delivered(), [idOf(2)]);
  assert.equal(realtime.inbox.reads, reads);
});

Deno.test("DL-2: a broadcast that was read already is not handed over again by its ring", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.log.push(aDelivery(1), aDelivery(2));
  const { socket } = await realtime.connect();
  assert.deepEqual(socket.delivered(), [1, 2].map(idOf));
  const late = entry(1);
  realtime.hub.ringAll(() => late);
  await settle();
  assert.deepEqual(socket.delivered(), [1, 2].map(idOf));
});

Deno.test("WS-7: a device whose socket is full is not written to, and gets it from the log later", async () => {
  const realtime = new FakeRealtime();
  const slow = await realtime.connect();
  const quick = await realtime.connect({ caller: { userId: bobId } });
  slow.socket.stuck = true;
  const long = "x".repeat(3900);
  for (let n = 1; n <= 63; n++) {
    realtime.inbox.log.push(aDelivery(n, long));
    const shared: LiveCommand = { delivery: aDelivery(n, long), kind: "message", epoch: -1 };
    realtime.hub.ringAll(() => shared);
  }
  await settle();
  assert.equal(quick.socket.delivered().length, 63);
  assert.ok(slow.socket.delivered().length < 63);
  assert.ok(slow.socket.bufferedAmount() <= limits.deliverPauseBytes);
  slow.socket.stuck = false;
  slow.socket.drain();
  await realtime.clock.advanceAsync(limits.deliverRetryMs);
  assert.deepEqual(slow.socket.delivered(), quick.socket.delivered());
});

Deno.test("WS-7: a connection that breaks while everybody is rung takes nothing from the others", async () => {
  const realtime = new FakeRealtime();
  const phone = await realtime.connect();
  const desk = await realtime.connect({ device: "desk" });
  const bob = await realtime.connect({ caller: { userId: bobId } });
  assert.deepEqual(realtime.hub.online(), [annId, bobId]);
  broadcast(realtime, 1, (userId) => {
    if (userId === annId) desk.connection.end("internal", "broken");
    return entry(1);
  });
  assert.deepEqual(phone.socket.delivered(), [idOf(1)]);
  assert.deepEqual(desk.socket.delivered(), []);
  assert.deepEqual(bob.socket.delivered(), [idOf(1)]);
  bob.connection.lost();
  assert.deepEqual(realtime.hub.online(), [annId]);
});
