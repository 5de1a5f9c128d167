import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { aDelivery, annId, FakeRealtime, request } from "../fakes/realtime.ts";

const bobId = "01JB0B00000000000000000000";

Deno.test("WS-5: a newer socket of the same person and device replaces the older (4409)", async () => {
  const realtime = new FakeRealtime();
  const older = await realtime.connect();
  const desk = await realtime.connect({ device: "desk" });
  const other = await realtime.connect({ caller: { userId: bobId } });
  const newer = await realtime.connect();
  assert.deepEqual(older.socket.closed, { code: 4409, reason: "replaced by a newer connection" });
  assert.equal(desk.socket.closeCode(), null);
  assert.equal(other.socket.closeCode(), null);
  assert.equal(newer.socket.closeCode(), null);
  assert.equal(realtime.hub.connections, 3);
  older.connection.lost();
  assert.equal(realtime.hub.connections, 3, "the end of the older takes nothing from the newer");
  realtime.hub.notify(annId, "preferences.changed", {});
  assert.equal(newer.socket.notified("preferences.changed").length, 1);
});

Deno.test("WS-11: a person has 20 sockets at most; one more closes the oldest (4409), and nobody else's", async () => {
  const realtime = new FakeRealtime();
  const other = await realtime.connect({ caller: { userId: bobId } });
  const sockets = [];
  for (let n = 0; n < 20; n++) sockets.push((await realtime.connect({ device: `d${n}` })).socket);
  assert.ok(sockets.every((socket) => socket.closeCode() === null));
  // The same device again takes its own place.
  sockets.push((await realtime.connect({ device: "d7" })).socket);
  assert.deepEqual(sockets.map((socket) => socket.closeCode()).indexOf(4409), 7);
  for (let n = 20; n < 1500; n++) sockets.push((await realtime.connect({ device: `d${n}` })).socket);
  assert.equal(sockets.filter((socket) => socket.closeCode() === null).length, 20);
  assert.ok(sockets.slice(-20).every((socket) => socket.closeCode() === null), "the newest stay");
  assert.deepEqual(sockets[0]!.closed, { code: 4409, reason: "replaced by a newer connection" });
  assert.equal(realtime.hub.connections, 21);
  realtime.hub.notify(annId, "preferences.changed", {});
  assert.equal(sockets.flatMap((socket) => socket.notified("preferences.changed")).length, 20);
  assert.equal(other.socket.closeCode(), null);
});

Deno.test("WS-6: cleaning up twice is cleaning up once", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  assert.equal(realtime.hub.isOnline(annId), true);
  connection.lost();
  connection.lost();
  connection.end("internal", "late");
  assert.equal(realtime.hub.isOnline(annId), false);
  assert.equal(realtime.hub.connections, 0);
  assert.equal(socket.closeCode(), null);
  assert.equal(realtime.clock.pending, 0);
});

Deno.test("AU-3: closing a session or a person reaches their sockets and no others", async () => {
  const realtime = new FakeRealtime();
  const phone = await realtime.connect({ device: "phone", caller: { sessionId: "one" } });
  const desk = await realtime.connect({ device: "desk", caller: { sessionId: "two" } });
  const tab = await realtime.connect({ device: "tab", caller: { sessionId: "two" } });
  const bob = await realtime.connect({ caller: { userId: bobId, sessionId: "three" } });
  realtime.hub.closeSession("one", "sessionOver");
  assert.equal(phone.socket.closeCode(), 4401);
  assert.equal(desk.socket.closeCode(), null);
  realtime.hub.closeUser(annId, "suspended");
  assert.equal(desk.socket.closeCode(), 4403);
  assert.equal(tab.socket.closeCode(), 4403);
  assert.equal(bob.socket.closeCode(), null);
});

Deno.test("AU-3: a session that ends before the line stands closes it too", () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = realtime.take({ caller: { sessionId: "one" } });
  realtime.hub.closeSession("one", "sessionOver");
  assert.equal(socket.closeCode(), 4401);
  assert.equal(connection.closed, true);
});

Deno.test("CO-1: a notification reaches every device of the person, or all but one", async () => {
  const realtime = new FakeRealtime();
  const phone = await realtime.connect();
  const desk = await realtime.connect({ device: "desk" });
  const bob = await realtime.connect({ caller: { userId: bobId } });
  realtime.hub.notify(annId, "preferences.changed", { n: 1 });
  realtime.hub.notify(annId, "preferences.changed", { n: 2 }, { device: "phone" });
  realtime.hub.notify("nobody", "preferences.changed", { n: 3 });
  assert.deepEqual(phone.socket.notified("preferences.changed"), [{ n: 1 }]);
  assert.deepEqual(desk.socket.notified("preferences.changed"), [{ n: 1 }, { n: 2 }]);
  assert.deepEqual(bob.socket.notified("preferences.changed"), []);
});

Deno.test("WS-8: a shutdown tells everybody, lets requests end, takes no new ones, and closes with 4503", async () => {
  const { promise, resolve } = Promise.withResolvers<{ categories: [] }>();
  const realtime = new FakeRealtime({ "category.list": () => promise });
  const busy = await realtime.connect();
  const idle = await realtime.connect({ device: "desk" });
  const opening = realtime.take({ device: "tab" });
  busy.connection.receive(request("work", "category.list"));
  let done = false;
  const closing = realtime.hub.shutdown().then(() => done = true);
  await settle();
  for (const { socket } of [busy, idle]) {
    assert.deepEqual(socket.notified("session.closing"), [{ code: 4503, reconnect: true }]);
    assert.equal(socket.closeCode(), null);
  }
  assert.equal(opening.socket.closeCode(), 4503);
  assert.deepEqual(opening.socket.texts, []);
  busy.connection.receive(request("late", "category.list"));
  busy.connection.receive(request("beat", "heartbeat"));
  assert.equal(busy.socket.answer("late")?.error?.data?.kind, "unavailable");
  assert.ok(busy.socket.answer("beat")?.result);
  assert.equal(done, false);
  resolve({ categories: [] });
  await closing;
  assert.deepEqual(busy.socket.answer("work")?.result, { categories: [] });
  assert.equal(busy.socket.closeCode(), 4503);
  assert.equal(idle.socket.closeCode(), 4503);
  const late = realtime.take();
  assert.equal(late.socket.closeCode(), 4503);
  assert.equal(realtime.clock.pending, 0);
});

Deno.test("WS-8: a request that never ends does not hold up the shutdown", async () => {
  const realtime = new FakeRealtime({ "category.list": () => new Promise(() => {}) });
  const { connection, socket } = await realtime.connect();
  connection.receive(request(1, "category.list"));
  const closing = realtime.hub.shutdown();
  await realtime.clock.advanceAsync(limits.shutdownRequestsMs);
  await closing;
  assert.equal(socket.closeCode(), 4503);
  assert.ok(limits.shutdownRequestsMs + limits.shutdownCloseMs < limits.shutdownMs);
});

Deno.test("WS-8: a busy client that leaves during the shutdown is not waited for", async () => {
  const realtime = new FakeRealtime({ "category.list": () => new Promise(() => {}) });
  const { connection } = await realtime.connect();
  connection.receive(request(1, "category.list"));
  const closing = realtime.hub.shutdown();
  connection.lost();
  await closing;
  assert.equal(realtime.hub.connections, 0);
});

Deno.test("WS-4: one timer looks after all sockets", async () => {
  const realtime = new FakeRealtime();
  for (let n = 0; n < 100; n++) await realtime.connect({ device: `d${n}` });
  assert.equal(realtime.clock.pending, 1);
  realtime.clock.advance(70_000);
  assert.equal(realtime.hub.connections, 0);
  assert.equal(realtime.clock.pending, 0);
});

Deno.test("AU-13: of a session that was replaced one connection goes on, and every other is closed with 4401", async () => {
  const seen: string[] = [];
  const realtime = new FakeRealtime({
    "category.list": (caller) => {
      seen.push(caller.sessionId);
      return Promise.resolve({ categories: [] });
    },
  });
  const open = (device: string, sessionId: string) =>
    realtime.connect({ device, caller: { sessionId, sessionExpiresAt: "2030-01-01T00:00:00.000Z" } });
  const [here, thief, other] = [await open("web", "old"), await open("x", "old"), await open("y", "other")];
  assert.deepEqual(here.socket.notified("session.ready").map((ready) => Object(ready).connection), [
    here.connection.id,
  ]);
  const ended: string[] = [];
  realtime.hub.listen({
    ring: () => undefined,
    ringAll: () => undefined,
    changed: () => undefined,
    over: () => undefined,
    remind: () => Promise.resolve(),
    hasDevice: () => false,
    peopleWithDevices: () => Promise.resolve([]),
    sessionEnded: (id) => void ended.push(id),
    sessionsEnded: () => undefined,
    sessionRenewed: () => undefined,
  });
  const expiresAt = "2031-01-01T00:00:00.000Z";
  realtime.hub.sessionReplaced({ from: "old", to: "new", expiresAt, keep: here.connection.id });
  assert.deepEqual([here, thief, other].map(({ socket }) => socket.closeCode()), [null, 4401, null]);
  assert.deepEqual(here.socket.notified("session.renewed"), [{ sessionExpiresAt: expiresAt }]);
  assert.deepEqual(ended, ["old"], "its notifications end");
  here.connection.receive(request(1, "category.list"));
  assert.deepEqual(seen, ["new"]);
  assert.equal(here.connection.endExpired(Date.parse(expiresAt) - 1), false);
  realtime.hub.closeSession("old", "sessionOver");
  assert.equal(here.socket.closeCode(), null);
  // A connection of another session is kept by nobody's wish.
  realtime.hub.sessionReplaced({ from: "new", to: "newer", expiresAt, keep: other.connection.id });
  assert.deepEqual([here, other].map(({ socket }) => socket.closeCode()), [4401, null]);
});

Deno.test("UI-7: what listens to the bell hears rings and ended sessions, after the connections", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  const heard: string[] = [];
  realtime.hub.listen({
    ring: (userId) => void heard.push(`ring ${userId}`),
    ringAll: () => void heard.push("ringAll"),
    changed: (userId) => void heard.push(`changed ${userId}`),
    over: (commandId) => void heard.push(`over ${commandId}`),
    remind: (userId, id, why) => Promise.resolve(void heard.push(`${why} ${userId} ${id}`)),
    hasDevice: (userId) => userId === "has a device",
    peopleWithDevices: () => Promise.resolve(["has a device", annId]),
    sessionEnded: (sessionId) => void heard.push(`ended ${sessionId}, connection ${socket.closeCode()}`),
    sessionsEnded: () => undefined,
    sessionRenewed: () => undefined,
  });
  realtime.hub.ring(annId);
  realtime.hub.ring("nobody is connected");
  realtime.hub.ringAll(() => "skip");
  realtime.hub.notify(annId, "contact.changed", {});
  realtime.hub.consentChanged(annId);
  realtime.hub.thaw(annId);
  realtime.hub.handled(annId);
  realtime.hub.over("x");
  await realtime.hub.remind(annId, "one", "deadline");
  assert.deepEqual(await realtime.hub.reachable(), [annId, "has a device"]);
  assert.deepEqual([annId, "has a device", "x"].map((id) => realtime.hub.isReachable(id)), [
    true,
    true,
    false,
  ]);
  realtime.hub.closeSession(connection.sessionId, "sessionOver");
  assert.deepEqual(heard, [
    `ring ${annId}`,
    "ring nobody is connected",
    "ringAll",
    `changed ${annId}`,
    `changed ${annId}`,
    `changed ${annId}`,
    "over x",
    `deadline ${annId} one`,
    `ended ${connection.sessionId}, connection 4401`,
  ]);
});

Deno.test("DL-5: a broadcast rings in its turn, and rings that come before that wait behind it", async () => {
  const turns: (() => void)[] = [];
  const realtime = new FakeRealtime({}, {}, (call) => void turns.push(call));
  const { socket } = await realtime.connect();
  const log = [aDelivery(1), aDelivery(2), aDelivery(3), aDelivery(4)];
  const entries = log.map((delivery) => ({ delivery, kind: "message", epoch: realtime.hub.epoch(annId) }));
  realtime.inbox.log.push(log[0]!);
  realtime.hub.ringAll(() => entries[0]!);
  realtime.inbox.log.push(log[1]!);
  realtime.hub.ring(annId, entries[1]);
  realtime.inbox.log.push(log[2]!);
  realtime.hub.ringAll(() => entries[2]!);
  assert.deepEqual(socket.delivered(), [], "the sender is answered first");
  const reads = realtime.inbox.reads;
  assert.equal(turns.length, 1);
  turns.pop()!();
  assert.deepEqual(socket.delivered(), log.slice(0, 3).map(({ command }) => command.id));
  realtime.inbox.log.push(log[3]!);
  realtime.hub.ring(annId, entries[3]);
  assert.deepEqual(socket.delivered(), log.map(({ command }) => command.id), "nothing waits any more");
  await settle();
  assert.equal(realtime.inbox.reads, reads, "nothing had to be read");
});

Deno.test("CO-6: a stop between a broadcast's commit and its ring holds it", async () => {
  const turns: (() => void)[] = [];
  const realtime = new FakeRealtime({}, {}, (call) => void turns.push(call));
  const { socket } = await realtime.connect();
  realtime.inbox.log.push(aDelivery(1));
  realtime.hub.ringAll(() => ({ delivery: aDelivery(1), kind: "message", epoch: -1 }));
  realtime.hub.freeze(annId);
  turns.pop()!();
  await settle();
  assert.deepEqual(socket.delivered(), []);
});

Deno.test("DL-2: a ring that fails keeps no later one waiting", async () => {
  const turns: (() => void)[] = [];
  const realtime = new FakeRealtime({}, {}, (call) => void turns.push(call));
  const { socket } = await realtime.connect();
  realtime.hub.ringAll(() => {
    throw new Error("a bug");
  });
  assert.throws(() => turns.pop()!(), /a bug/);
  realtime.inbox.log.push(aDelivery(1));
  realtime.hub.ring(annId);
  await settle();
  assert.deepEqual(socket.delivered(), [aDelivery(1).command.id]);
});
