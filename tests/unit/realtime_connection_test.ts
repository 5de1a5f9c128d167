import assert from "node:assert/strict";
import { limits, notifications, Refusal } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { cursorOf, FakeRealtime, request } from "../fakes/realtime.ts";
import { told } from "../fakes/told.ts";

const categories = { "category.list": () => Promise.resolve({ categories: [] }) };

Deno.test("WS-3: session.ready comes first and is what the schema says", async () => {
  const realtime = new FakeRealtime({}, { rateRequests: 20, rateSends: 30 });
  realtime.inbox.cursor = cursorOf(7);
  realtime.stoppedSince = "2026-01-01T00:00:00.000Z";
  const { socket } = await realtime.connect({ device: "desk", window: 5 });
  const [first] = socket.frames;
  assert.equal(first?.method, "session.ready");
  const ready = notifications["session.ready"].parse(first.params);
  assert.equal(ready.device, "desk");
  assert.equal(ready.cursor, cursorOf(7));
  assert.equal(ready.stopped, true);
  assert.deepEqual(ready.heartbeat, { intervalMs: 20_000, misses: 3 });
  assert.equal(ready.limits.window, 5);
  assert.equal(ready.limits.requestsPerSecond, 20);
  assert.equal(ready.limits.sendsPerMinute, 30);
  assert.equal(ready.limits.retentionDays, 14);
});

Deno.test("WS-3: what comes in and what is told before session.ready waits, in order", async () => {
  const realtime = new FakeRealtime(categories);
  const { connection, socket } = realtime.take();
  connection.receive(request(1, "heartbeat"));
  connection.receive(request(2, "category.list"));
  realtime.hub.notify(connection.userId, "preferences.changed", {});
  connection.receiveBinary();
  assert.deepEqual(socket.texts, []);
  await connection.start();
  await settle();
  assert.deepEqual(
    socket.frames.map((frame) => frame.method ?? frame.id),
    ["session.ready", "preferences.changed", 1, null],
  );
  assert.equal(socket.closeCode(), 4400);
});

Deno.test("WS-3: frames before session.ready are bounded", () => {
  const realtime = new FakeRealtime(categories);
  const { connection, socket } = realtime.take();
  const large = request(1, "category.list", { x: "x".repeat(60_000) });
  for (let n = 0; n <= limits.framesQueuedLength / large.length; n++) connection.receive(large);
  assert.equal(socket.closeCode(), 4429);
});

Deno.test("WS-3: an account that is gone is not greeted (4401)", async () => {
  const realtime = new FakeRealtime();
  realtime.user = () => Promise.resolve(new Refusal("unauthorized", "login.none"));
  const { socket } = await realtime.connect();
  assert.deepEqual(socket.texts, []);
  assert.equal(socket.closeCode(), 4401);
});

Deno.test("WS-3: a store that fails at the start closes with 4500 and is logged", async () => {
  const realtime = new FakeRealtime();
  realtime.inbox.resume = () => Promise.reject(new Error("the disk is gone"));
  const { socket } = await realtime.connect();
  assert.equal(socket.closeCode(), 4500);
  assert.equal(realtime.log.lines.find((line) => line.level === "error")?.fields.connection, "c1");
});

Deno.test("WS-4: a heartbeat is answered with the server's time", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  connection.receive(request("h", "heartbeat"));
  assert.deepEqual(socket.answer("h")?.result, { serverTime: "2026-01-01T00:00:00.000Z" });
});

for (const heartbeatMs of [20_000, 1000, 60]) {
  Deno.test(`WS-4: three missed heartbeats of ${heartbeatMs} ms close with 4408, between 3.0 and 3.5`, async () => {
    const realtime = new FakeRealtime({}, { heartbeatMs });
    const { connection, socket } = await realtime.connect();
    realtime.clock.advance(heartbeatMs * 1.33);
    connection.receive(request(1, "heartbeat"));
    realtime.clock.advance(heartbeatMs * 3 - 1);
    assert.equal(socket.closeCode(), null);
    realtime.clock.advance(heartbeatMs * 0.5 + 1);
    assert.deepEqual(socket.closed, { code: 4408, reason: "heartbeat missed" });
    const line = realtime.log.lines.find((one) => one.fields.code === 4408);
    assert.equal(line?.level, "warn");
    assert.equal(line?.fields.user, connection.userId);
    assert.equal(realtime.clock.pending, 0, "no timer is left behind");
  });
}

Deno.test("WS-4: any whole frame is a beat: a refused request, a response", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  for (let n = 0; n < 10; n++) {
    realtime.clock.advance(50_000);
    connection.receive(n % 2 ? request(n, "no.such") : JSON.stringify({ jsonrpc: "2.0", id: n, result: {} }));
  }
  assert.equal(socket.closeCode(), null);
});

Deno.test("WS-4: time in which the process stood still is not held against the client", async () => {
  const realtime = new FakeRealtime();
  const { socket } = await realtime.connect();
  const { clock } = realtime;
  const now = clock.now.bind(clock);
  clock.now = () => now() + 3_600_000; // An hour that passed between two timers.
  clock.advance(5000);
  assert.equal(socket.closeCode(), null);
  clock.advance(70_000);
  assert.equal(socket.closeCode(), 4408);
});

Deno.test("AU-3: a socket is closed with 4401 when its session ends", async () => {
  const realtime = new FakeRealtime(categories);
  const sessionExpiresAt = new Date(realtime.clock.now() + 30_000).toISOString();
  const { socket } = await realtime.connect({ caller: { sessionExpiresAt } });
  realtime.clock.advance(29_000);
  assert.equal(socket.closeCode(), null);
  realtime.clock.advance(2000);
  assert.equal(socket.closeCode(), 4401);
});

Deno.test("AU-3: a session end that cannot be read has passed", async () => {
  const realtime = new FakeRealtime(categories);
  const { connection, socket } = await realtime.connect({ caller: { sessionExpiresAt: "soon" } });
  connection.receive(request(1, "category.list"));
  assert.equal(socket.closeCode(), 4401);
});

const broken: [string, string, number, number][] = [
  ["not JSON", "{", -32700, 4400],
  ["a batch", "[]", -32600, 4400],
  ["a JSON value", "7", -32600, 4400],
  ["not JSON-RPC 2.0", '{"id":1,"method":"heartbeat"}', -32600, 4400],
  ["10,000 brackets", "[".repeat(10_000) + "]".repeat(10_000), -32600, 4400],
  [
    "10,000 objects in each other",
    '{"jsonrpc":"2.0","id":1,"method":"heartbeat","params":' + '{"a":'.repeat(9000) + "1" + "}".repeat(9001),
    -32600,
    4400,
  ],
  ["65 KiB", request(1, "category.list", { x: "x".repeat(65 * 1024) }), -32600, 4413],
  ["65 KiB as UTF-8 only", request(1, "category.list", { x: "ü".repeat(33 * 1024) }), -32600, 4413],
];
for (const [name, text, errorCode, closeCode] of broken) {
  Deno.test(`WS-6: a broken frame (${name}) is logged, answered and closes`, async () => {
    const realtime = new FakeRealtime(categories);
    const { connection, socket } = await realtime.connect();
    connection.receive(text);
    assert.equal(socket.frames.at(-1)?.error?.code, errorCode);
    assert.equal(socket.closeCode(), closeCode);
    const line = realtime.log.lines.find((one) => one.fields.code === closeCode);
    assert.equal(line?.fields.connection, "c1");
    assert.equal(line?.fields.user, connection.userId);
    assert.equal(typeof line?.fields.reason, "string");
    connection.receive(request(2, "heartbeat"));
    assert.equal(socket.answer(2), undefined);
  });
}

Deno.test("WS-2: a frame of exactly 64 KiB is taken", async () => {
  const realtime = new FakeRealtime(categories);
  const { connection, socket } = await realtime.connect();
  const empty = request(1, "category.list", { x: "" }).length;
  const text = request(1, "category.list", { x: "x".repeat(limits.frameInBytes - empty) });
  assert.equal(text.length, limits.frameInBytes);
  connection.receive(text);
  await settle();
  assert.equal(socket.answer(1)?.error?.code, -32602);
  assert.equal(socket.closeCode(), null);
});

Deno.test("WS-2: an unknown field is refused and named, also __proto__; the connection stays", async () => {
  const realtime = new FakeRealtime(categories);
  const { connection, socket } = await realtime.connect();
  connection.receive('{"jsonrpc":"2.0","id":1,"method":"category.list","params":{"extra":1,"__proto__":{}}}');
  connection.receive(request(2, "heartbeat", { now: true }));
  await settle();
  const { error } = socket.answer(1) ?? {};
  assert.equal(error?.code, -32602);
  assert.equal(error.data?.kind, "invalid_params");
  assert.ok("extra" in (error.data.fields as object));
  assert.equal(socket.answer(2)?.error?.code, -32602);
  assert.equal(socket.closeCode(), null);
});

Deno.test("WS-2: wrong params name each field by its path, and no more than twenty", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`field${n}`, n]));
  const audience = { kind: "user", to: ["ok-name", "no good"] };
  connection.receive(request(1, "command.preview", { key: "", audience, kind: "message" }));
  connection.receive(request(2, "command.preview", many));
  await settle();
  const fields = socket.answer(1)?.error?.data?.fields as Record<string, string>;
  assert.deepEqual(Object.keys(fields).sort(), ["audience.to.1", "key"]);
  assert.equal(Object.keys(socket.answer(2)?.error?.data?.fields as object).length, limits.fieldsNamed);
});

for (const method of ["no.such", "constructor", "__proto__", "toString"]) {
  Deno.test(`WS-6: the unknown method ${method} is refused and the connection stays`, async () => {
    const realtime = new FakeRealtime();
    const { connection, socket } = await realtime.connect();
    connection.receive(request(1, method));
    assert.equal(socket.answer(1)?.error?.code, -32601);
    assert.equal(socket.closeCode(), null);
  });
}

Deno.test("WS-6: thirty refusals in 10 s close with 4429, twenty-nine do not", async () => {
  const realtime = new FakeRealtime();
  const { connection, socket } = await realtime.connect();
  for (let n = 0; n < 29; n++) connection.receive(request(n, "no.such"));
  realtime.clock.advance(10_000);
  for (let n = 0; n < 29; n++) connection.receive(request(n, "no.such"));
  assert.equal(socket.closeCode(), null);
  connection.receive(request("last", "no.such"));
  assert.equal(socket.answer("last")?.error?.code, -32601);
  assert.equal(socket.closeCode(), 4429);
});

Deno.test("WS-6: a refusal of a service is answered with its kind", async () => {
  const realtime = new FakeRealtime({
    "category.list": () => Promise.resolve(new Refusal("unavailable", told("Try again later."))),
  });
  const { connection, socket } = await realtime.connect();
  connection.receive(request(1, "category.list"));
  await settle();
  assert.deepEqual(socket.answer(1)?.error, {
    code: -32000,
    message: "Try again later.",
    data: { kind: "unavailable" },
  });
  assert.equal(socket.closeCode(), null);
});

for (const how of ["throws", "rejects"]) {
  Deno.test(`WS-6: a handler that ${how} costs its own connection (4500) and no other`, async () => {
    const realtime = new FakeRealtime({
      "category.list": () => {
        const error = new Error("a secret of the inside");
        if (how === "throws") throw error;
        return Promise.reject(error);
      },
      "contact.list": () => Promise.resolve({ contacts: [], incoming: [], outgoing: [] }),
    });
    const { connection, socket } = await realtime.connect();
    const other = await realtime.connect({ device: "desk" });
    connection.receive(request(1, "category.list"));
    await settle();
    const { error } = socket.answer(1) ?? {};
    assert.equal(error?.code, -32603);
    assert.equal(error.data?.kind, "internal");
    assert.doesNotMatch(error.message, /secret/);
    assert.equal(socket.closeCode(), 4500);
    const line = realtime.log.lines.find((one) => one.level === "error");
    assert.equal(line?.fields.requestId, "c1-1");
    assert.ok(error.message.includes("c1-1"));
    other.connection.receive(request(1, "contact.list"));
    await settle();
    assert.ok(other.socket.answer(1)?.result);
    assert.equal(other.socket.closeCode(), null);
  });
}

Deno.test("WS-6: an answer that is too large for the outbox is refused, not a closed line", async () => {
  const realtime = new FakeRealtime({
    "category.list": () =>
      Promise.resolve({ categories: [{ slug: "x", title: "x", description: "x".repeat(2 ** 20) }] }),
  });
  const { connection, socket } = await realtime.connect();
  connection.receive(request(1, "category.list"));
  await settle();
  assert.equal(socket.answer(1)?.error?.data?.kind, "too_large");
  assert.equal(socket.closeCode(), null);
});

Deno.test("WS-2: a notification of the client is carried out without an answer; an unknown one is a refusal", async () => {
  let called = 0;
  const realtime = new FakeRealtime({
    "category.list": () => {
      called++;
      return Promise.resolve({ categories: [] });
    },
  });
  const { connection, socket } = await realtime.connect();
  connection.receive('{"jsonrpc":"2.0","method":"category.list","params":{}}');
  connection.receive('{"jsonrpc":"2.0","method":"heartbeat"}');
  await settle();
  assert.equal(called, 1);
  assert.equal(socket.texts.length, 1);
  for (let n = 0; n < limits.refusals; n++) connection.receive('{"jsonrpc":"2.0","method":"no.such"}');
  assert.equal(socket.texts.length, 1);
  assert.equal(socket.closeCode(), 4429);
});

Deno.test("DL-5: calls start in the order of their frames, many at once, the rest in turn", async () => {
  const started: string[] = [];
  const open: (() => void)[] = [];
  let atOnce = 0;
  let most = 0;
  const realtime = new FakeRealtime({
    "command.get": async (_caller, { id }) => {
      started.push(id);
      most = Math.max(most, ++atOnce);
      await new Promise<void>((resolve) => open.push(resolve));
      atOnce--;
      return new Refusal("not_found", "command.missing");
    },
  });
  const { connection, socket } = await realtime.connect();
  const ids = Array.from({ length: 90 }, (_, n) => `01J${String(n).padStart(23, "0")}`);
  ids.forEach((id, n) => connection.receive(request(n, "command.get", { id })));
  assert.equal(started.length, limits.requestsInFlight);
  connection.receive(request("beat", "heartbeat"));
  assert.ok(socket.answer("beat"), "a heartbeat does not wait behind requests");
  while (open.length > 0) {
    open.pop()!();
    realtime.clock.advance(400); // So that the refusals are spread out.
    await settle();
  }
  assert.deepEqual(started, ids);
  assert.equal(most, limits.requestsInFlight);
  assert.equal(socket.frames.filter((frame) => frame.error !== undefined).length, 90);
});

Deno.test("WS-6: more frames than may wait close with 4429", async () => {
  const realtime = new FakeRealtime({ "category.list": () => new Promise(() => {}) });
  const { connection, socket } = await realtime.connect();
  const room = limits.requestsInFlight + limits.framesQueued;
  for (let n = 0; n < room; n++) connection.receive(request(n, "category.list"));
  assert.equal(socket.closeCode(), null);
  connection.receive(request("one more", "category.list"));
  assert.equal(socket.closeCode(), 4429);
});

Deno.test("WS-9: over the request rate: rate_limited with retryAfterMs, and then 4429", async () => {
  const realtime = new FakeRealtime(categories, { rateRequests: 20 });
  const { connection, socket } = await realtime.connect();
  for (let n = 0; n < 60; n++) connection.receive(request(n, "category.list"));
  await settle();
  assert.equal(socket.frames.filter((frame) => frame.result !== undefined).length, 60);
  connection.receive(request("over", "category.list"));
  const data = socket.answer("over")?.error?.data;
  assert.deepEqual(data, { kind: "rate_limited", retryAfterMs: 50 });
  realtime.clock.advance(50);
  connection.receive(request("later", "category.list"));
  await settle();
  assert.ok(socket.answer("later")?.result);
  for (let n = 0; n < 10_000; n++) connection.receive(request(n, "category.list"));
  assert.equal(socket.closeCode(), 4429);
});

Deno.test("WS-9: heartbeat and inbox.ack are not counted, and 0 is no limit", async () => {
  const realtime = new FakeRealtime(categories, { rateRequests: 1 });
  realtime.inbox.cursor = cursorOf(1);
  const { connection, socket } = await realtime.connect();
  for (let n = 0; n < 200; n++) {
    connection.receive(request(`h${n}`, "heartbeat"));
    connection.receive(request(`a${n}`, "inbox.ack", { cursor: cursorOf(1) }));
    await settle();
  }
  assert.equal(socket.frames.filter((frame) => frame.result !== undefined).length, 400);
  const unlimited = new FakeRealtime(categories, { rateRequests: 0 });
  const free = await unlimited.connect();
  for (let n = 0; n < 1000; n++) free.connection.receive(request(n, "category.list"));
  await settle();
  assert.equal(free.socket.frames.filter((frame) => frame.result !== undefined).length, 1000);
});

Deno.test("OP-3: every call carries the device and an id of its own", async () => {
  const seen: string[] = [];
  const realtime = new FakeRealtime({
    "category.list": (caller) => {
      seen.push(`${caller.device} ${caller.requestId}`);
      return Promise.resolve({ categories: [] });
    },
  });
  const { connection } = await realtime.connect({ device: "desk" });
  connection.receive(request(1, "category.list"));
  connection.receive(request(2, "category.list"));
  assert.deepEqual(seen, ["desk c1-1", "desk c1-2"]);
});

Deno.test("AU-13: a renewed session goes on over the same socket, and hears its new end", async () => {
  const realtime = new FakeRealtime(categories);
  const sessionExpiresAt = new Date(realtime.clock.now() + 30_000).toISOString();
  const { connection, socket } = await realtime.connect({ caller: { sessionExpiresAt } });
  const later = new Date(realtime.clock.now() + 90_000).toISOString();
  realtime.hub.sessionRenewed("another session", new Date(0).toISOString());
  realtime.hub.sessionRenewed(connection.sessionId, later);
  assert.deepEqual(socket.notified("session.renewed"), [{ sessionExpiresAt: later }]);
  connection.receive(request(1, "category.list"));
  assert.equal(connection.endExpired(Date.parse(later) - 1), false);
  assert.equal(socket.closeCode(), null);
  assert.equal(connection.endExpired(Date.parse(later)), true);
  assert.equal(socket.closeCode(), 4401);
});
