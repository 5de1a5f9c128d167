import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../lib/protocol/mod.ts";
import { fitsBytes, utf8Bytes } from "../../lib/realtime/bytes.ts";
import { Outbox } from "../../lib/realtime/outbox.ts";
import { FakeClock } from "../fakes/clock.ts";
import { aDelivery, cursorOf, FakeRealtime, request } from "../fakes/realtime.ts";
import { FakeSocket } from "../fakes/socket.ts";

Deno.test("WS-2: bytes are counted as UTF-8", () => {
  const encoder = new TextEncoder();
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, limit) => {
    const bytes = encoder.encode(text).length;
    assert.equal(utf8Bytes(text), bytes);
    assert.equal(fitsBytes(text, limit), bytes <= limit);
  }));
  assert.equal(utf8Bytes("\ud800x"), encoder.encode("\ud800x").length);
});

Deno.test("WS-7: at most 1 MiB waits, counted as UTF-8", () => {
  const socket = new FakeSocket();
  socket.stuck = true;
  const outbox = new Outbox(socket, new FakeClock());
  const half = "ü".repeat(limits.outboxBytes / 4);
  assert.equal(outbox.sendText(half), true);
  assert.equal(outbox.sendText(half), true);
  assert.equal(outbox.sendText("x"), false);
  assert.equal(socket.texts.length, 2);
  socket.drain(1);
  assert.equal(outbox.sendText("x"), true);
});

Deno.test("WS-7: 15 s without progress is a stall; a byte taken is progress", () => {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const outbox = new Outbox(socket, clock);
  outbox.sendText("taken at once");
  clock.advance(60_000);
  assert.equal(outbox.stalled(clock.now()), false);
  socket.stuck = true;
  outbox.sendText("x".repeat(100));
  clock.advance(14_999);
  assert.equal(outbox.stalled(clock.now()), false);
  outbox.sendText("more to write is no progress");
  clock.advance(1);
  assert.equal(outbox.stalled(clock.now()), true);
  socket.drain(1);
  assert.equal(outbox.stalled(clock.now()), false);
  clock.advance(14_999);
  assert.equal(outbox.stalled(clock.now()), false);
  clock.advance(1);
  assert.equal(outbox.stalled(clock.now()), true);
});

Deno.test("WS-7: a client that does not read is closed with 4508, by bytes and by time", async () => {
  const realtime = new FakeRealtime({}, { heartbeatMs: 60_000 });
  const byBytes = await realtime.connect({ device: "a" });
  byBytes.socket.stuck = true;
  const text = "x".repeat(100_000);
  for (let n = 0; n < 10; n++) realtime.hub.notify(byBytes.connection.userId, "preferences.changed", text);
  assert.equal(byBytes.socket.closeCode(), null);
  realtime.hub.notify(byBytes.connection.userId, "preferences.changed", text);
  assert.equal(byBytes.socket.closeCode(), 4508);

  const byTime = await realtime.connect({ device: "b" });
  byTime.socket.stuck = true;
  byTime.connection.receive(request(1, "heartbeat"));
  realtime.clock.advance(14_999);
  assert.equal(byTime.socket.closeCode(), null);
  realtime.clock.advance(2000);
  assert.equal(byTime.socket.closeCode(), 4508);
  assert.ok(realtime.log.lines.some((line) => line.level === "warn" && line.fields.code === 4508));
});

Deno.test("WS-7: a socket that fails in the middle of a send costs only its own connection", async () => {
  const realtime = new FakeRealtime({ "category.list": () => Promise.resolve({ categories: [] }) });
  const { connection, socket } = await realtime.connect();
  const other = await realtime.connect({ device: "desk" });
  socket.failure = new Error("broken pipe");
  realtime.hub.notify(connection.userId, "preferences.changed", {});
  assert.equal(other.socket.notified("preferences.changed").length, 1);
  assert.equal(socket.closeCode(), 4500);
  assert.equal(realtime.hub.connections, 1);
});

Deno.test("WS-7: deliveries pause before they crowd out answers, and nothing is lost", async () => {
  const realtime = new FakeRealtime();

  realtime.inbox.log = Array.from({ length: 100 }, (_, n) => aDelivery(n + 1, "x".repeat(10_000)));
  const { connection, socket } = realtime.take({ window: 256 });
  socket.stuck = true;
  await connection.start();
  await realtime.clock.advanceAsync(1000);
  const before = socket.delivered().length;
  assert.ok(before > 0 && before < 40, `${before} were written`);
  assert.ok(socket.bufferedAmount() <= limits.deliverPauseBytes);
  connection.receive(request(1, "heartbeat"));
  assert.ok(socket.answer(1));
  for (let n = 0; n < 20; n++) {
    socket.drain();
    await realtime.clock.advanceAsync(100);
  }
  assert.deepEqual(socket.delivered(), realtime.inbox.log.map((delivery) => delivery.command.id));
  connection.receive(request(2, "inbox.ack", { cursor: cursorOf(100) }));
  await realtime.clock.advanceAsync(0);
  assert.equal(realtime.inbox.acknowledged[0]?.commandIds.length, 100);
  connection.lost();
  assert.equal(realtime.clock.pending, 0);
});
