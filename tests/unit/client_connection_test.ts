import assert from "node:assert/strict";
import { MemorySeenStore } from "../../lib/client/mod.ts";
import { closeCodes, limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ClientRig, intervalMs, readyParams } from "../fakes/client_rig.ts";

Deno.test("WS-1: the client asks for behest.v1, its device, its window and, WS-10, what it can show", async () => {
  await using rig = new ClientRig({
    device: "phone",
    window: 8,
    accept: ["message", "task"],
    token: "a-token",
  });
  rig.client.connect();
  const { url, protocols } = rig.socket;
  assert.deepEqual(protocols, ["behest.v1"]);
  assert.equal(url.protocol, "wss:");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    device: "phone",
    window: "8",
    accept: "message,task",
    token: "a-token",
  });
});

Deno.test("WS-1: an address that is none is the caller's mistake and throws at once", () => {
  assert.throws(() => new ClientRig({ url: "http://[" }), TypeError);
});

Deno.test("AU-5: every try asks for its own ticket", async () => {
  let asked = 0;
  await using rig = new ClientRig({ ticket: () => Promise.resolve(`ticket-${++asked}`) });
  await rig.online();
  assert.equal(rig.socket.url.searchParams.get("ticket"), "ticket-1");
  rig.socket.end();
  await rig.online();
  assert.equal(rig.socket.url.searchParams.get("ticket"), "ticket-2");
  assert.equal(rig.sockets.length, 2);
});

Deno.test("AU-5: no ticket because the session is over means log in; no ticket because of the network means again", async () => {
  const answers: (() => Promise<string | null>)[] = [
    () => Promise.reject(new Error("unreachable")),
    () => new Promise(() => {}),
    () => Promise.resolve(null),
  ];
  await using rig = new ClientRig({ ticket: () => answers.shift()!() });
  rig.client.connect();
  await settle();
  assert.equal(rig.kind, "offline");
  await rig.clock.advanceAsync(rig.retryInMs);
  assert.equal(rig.kind, "connecting");
  await rig.clock.advanceAsync(limits.clientConnectMs);
  assert.equal(rig.kind, "offline", "a ticket that never comes ends the try");
  await rig.clock.advanceAsync(rig.retryInMs);
  assert.equal(rig.kind, "login");
  assert.equal(rig.sockets.length, 0);
});

Deno.test("WS-3: the connection is online at session.ready and not before", async () => {
  await using rig = new ClientRig();
  const online = rig.client.whenOnline();
  rig.client.connect();
  assert.equal(rig.kind, "connecting");
  rig.socket.notify("session.ready", readyParams({ pending: 7 }));
  assert.equal((await online).pending, 7);
  assert.deepEqual(rig.states.map((state) => state.kind), ["connecting", "online"]);
});

Deno.test("WS-3: another first frame, a ready of another shape or none in time ends the try", async () => {
  for (
    const first of [
      { method: "command.changed", params: { id: "x", at: "" } },
      { method: "session.ready", params: readyParams({ protocol: 2 }) },
      { method: "session.ready", params: readyParams({ heartbeat: { intervalMs: 0, misses: 3 } }) },
      { method: "session.ready", params: { protocol: 1 } },
      undefined,
    ]
  ) {
    await using rig = new ClientRig();
    rig.client.connect();
    if (first === undefined) await rig.clock.advanceAsync(limits.clientConnectMs);
    else rig.socket.notify(first.method, first.params);
    assert.equal(rig.kind, "offline", JSON.stringify(first));
    assert.notEqual(rig.socket.closedWith, undefined);
  }
});

Deno.test("WS-4: the client calls heartbeat every interval", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  await rig.pass(intervalMs - 1);
  assert.equal(socket.calls("heartbeat").length, 0);
  await rig.pass(1);
  assert.deepEqual(socket.calls("heartbeat").map((frame) => frame.params), [{}]);
  await rig.pass(intervalMs * 4);
  assert.equal(socket.calls("heartbeat").length, 5);
  assert.equal(rig.kind, "online");
});

Deno.test("WS-4: three silent intervals end the connection, not before 3.0 and not after 3.5", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  // Off the beat's own rhythm: silence counts from the last frame.
  await rig.pass(intervalMs * 1.4);
  socket.notify("contact.changed", {});
  await rig.clock.advanceAsync(intervalMs * 3 - 1);
  assert.equal(rig.kind, "online");
  await rig.clock.advanceAsync(1);
  assert.equal(rig.kind, "offline");
  assert.equal(socket.closedWith?.code, closeCodes.heartbeatMissed.code);
  await rig.online();
  assert.equal(rig.sockets.length, 2, "it comes back by itself");
});

Deno.test("WS-4: any frame of the server is a beat", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  for (let beat = 0; beat < 10; beat++) {
    await rig.clock.advanceAsync(intervalMs * 2.9);
    socket.notify("contact.changed", {});
  }
  assert.equal(rig.kind, "online");
});

const codes = Object.values(closeCodes);
for (const { code, then } of codes) {
  Deno.test(`section 3: close code ${code} means ${then}`, async () => {
    await using rig = new ClientRig();
    await rig.online();
    rig.socket.end(code, "said why");
    const wanted = { stop: "stopped", login: "login", reconnect: "offline", back_off: "offline" }[then];
    const state = rig.client.connection;
    assert.equal(state.kind, wanted);
    assert.equal("reason" in state && state.reason, "said why");
    if (state.kind === "stopped") assert.equal(state.code, code);
    const again = then === "reconnect" || then === "back_off";
    await rig.clock.advanceAsync(again ? rig.retryInMs : limits.reconnectMaxMs);
    assert.equal(rig.sockets.length, again ? 2 : 1);
  });
}

Deno.test("section 3: a connection that the network broke is opened again", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end(1006);
  assert.equal(rig.kind, "offline");
  assert.ok(rig.retryInMs <= limits.reconnectBaseMs);
  await rig.online();
});

Deno.test("section 3: the wait is random up to min(30 s, 2^n × 0.5 s)", async () => {
  const waits: number[][] = [];
  for (let seed = 1; seed <= 40; seed++) {
    await using rig = new ClientRig({ seed });
    rig.client.connect();
    for (let attempt = 0; attempt < 9; attempt++) {
      rig.socket.end();
      (waits[attempt] ??= []).push(rig.retryInMs);
      await rig.clock.advanceAsync(rig.retryInMs);
    }
  }
  for (const [attempt, drawn] of waits.entries()) {
    const bound = Math.min(limits.reconnectMaxMs, 2 ** attempt * limits.reconnectBaseMs);
    assert.ok(drawn.every((ms) => ms >= 0 && ms <= bound), `attempt ${attempt}`);
    assert.ok(Math.max(...drawn) > bound * 0.8, `attempt ${attempt} uses its whole range`);
    assert.ok(Math.min(...drawn) < bound * 0.2, `attempt ${attempt} uses its whole range`);
  }
});

Deno.test("section 3: after 4429 the wait begins at the longest", async () => {
  const drawn: number[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    await using rig = new ClientRig({ seed });
    await rig.online();
    rig.socket.end(closeCodes.tooManyRefusals.code);
    drawn.push(rig.retryInMs);
  }
  assert.ok(Math.max(...drawn) > limits.reconnectMaxMs * 0.8);
});

Deno.test("section 3: waits begin small again only after a connection that stood for one interval", async () => {
  await using rig = new ClientRig({ seed: 3 });
  const flap = async (ms: number) => {
    await rig.online();
    await rig.pass(ms);
    rig.socket.end();
    const state = rig.client.connection;
    assert.equal(state.kind, "offline");
  };
  for (let turn = 0; turn < 8; turn++) await flap(1000);
  const tries = () => {
    const last = rig.states.findLast((state) => state.kind === "connecting");
    return last?.kind === "connecting" ? last.attempt : -1;
  };
  assert.equal(tries(), 7, "connections that did not stand do not count as a way back");
  await flap(intervalMs);
  await rig.online();
  assert.equal(tries(), 1);
});

Deno.test("WS-8: session.closing: nothing new goes out, answers still come, then the connection comes back", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const early = rig.client.request("preferences.get", {});
  socket.notify("session.closing", { code: closeCodes.restarting.code, reconnect: true });
  const late = rig.client.request("command.update", { id: "x", state: "seen" });
  assert.deepEqual(socket.methods, ["preferences.get"]);
  socket.answer(socket.sent[0]!, { dailyLimit: 3 });
  assert.equal((await early).dailyLimit, 3);
  // A proxy may turn the code into its own.
  socket.end(1006);
  assert.equal(rig.kind, "offline");
  const next = await rig.online();
  next.answer(next.calls("command.update")[0]!, { done: true });
  assert.deepEqual(await late, { done: true });
});

Deno.test("WS-8: a server that announces its close and never closes is left", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  socket.notify("session.closing", { code: closeCodes.restarting.code, reconnect: true });
  await rig.clock.advanceAsync(limits.shutdownMs);
  assert.equal(rig.kind, "offline");
  assert.notEqual(socket.closedWith, undefined);
});

Deno.test("WS-8: session.closing that says not to come back is obeyed; over session still means log in", async () => {
  for (const [code, kind] of [[4503, "stopped"], [4401, "login"]] as const) {
    await using rig = new ClientRig();
    const socket = await rig.online();
    socket.notify("session.closing", { code, reconnect: false });
    socket.end(code);
    assert.equal(rig.kind, kind);
  }
});

Deno.test("WS-2: whatever malformed frame the server sends, the connection ends, nothing throws, and it comes back", async () => {
  const frames: unknown[] = [
    "not json",
    "[]",
    "null",
    "[".repeat(10_000) + "]".repeat(10_000),
    { jsonrpc: "1.0", method: "x" },
    { jsonrpc: "2.0", id: 1 },
    { jsonrpc: "2.0", method: "command.deliver", params: {} },
    { jsonrpc: "2.0", method: "command.deliver", params: { deliveries: [{ cursor: 1 }] } },
    { jsonrpc: "2.0", method: "command.deliver", params: { deliveries: [null] } },
    { jsonrpc: "2.0", method: "command.changed", params: { id: 4 } },
    { jsonrpc: "2.0", method: "safety.changed", params: {} },
    { jsonrpc: "2.0", method: "session.closing", params: { code: "now" } },
    { jsonrpc: "2.0", method: "session.ready", params: readyParams() },
  ];
  for (const frame of frames) {
    await using rig = new ClientRig();
    const socket = await rig.online();
    socket.receive(frame);
    assert.equal(rig.kind, "offline", JSON.stringify(frame));
    assert.equal(socket.closedWith?.code, closeCodes.badFrame.code);
    await rig.online();
  }
  await using rig = new ClientRig();
  const socket = await rig.online();
  socket.receiveBinary(new Uint8Array(3));
  assert.equal(rig.kind, "offline");
});

Deno.test("WS-2: answers without a request, error frames and calls of the server do not end the connection", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  socket.receive({ jsonrpc: "2.0", id: 77, result: {} });
  socket.receive({ jsonrpc: "2.0", id: "text", result: {} });
  socket.receive({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "not JSON" } });
  socket.receive({ jsonrpc: "2.0", id: 5, method: "ping", params: {} });
  socket.notify("something.new", { of: "a later version" });
  assert.equal(rig.kind, "online");
  assert.equal(socket.sent.at(-1)?.error?.code, -32601);
});

Deno.test("UI-2: handlers that throw stay their own problem", async () => {
  await using rig = new ClientRig();
  for (const event of ["connection", "ready", "notification", "changed", "stopped"] as const) {
    rig.client.on(event, () => {
      throw new Error("of a page");
    });
  }
  const socket = await rig.online();
  socket.notify("contact.changed", {});
  socket.notify("command.changed", { id: "x", at: "" });
  socket.notify("safety.changed", { stopped: true, since: null });
  assert.equal(rig.kind, "online");
});

Deno.test("UI-2: a socket that cannot be made or written to is a connection that broke", async () => {
  let refuse = true;
  await using rig = new ClientRig({
    socket: () => {
      assert.ok(refuse);
      throw new Error("SecurityError");
    },
  });
  rig.client.connect();
  assert.equal(rig.kind, "offline");
  refuse = false;

  await using other = new ClientRig();
  const socket = await other.online();
  socket.sendFails = true;
  const answer = other.client.request("preferences.get", {});
  assert.equal(other.kind, "offline");
  const next = await other.online();
  next.answer(next.calls("preferences.get")[0]!, {});
  assert.deepEqual(await answer, {});
});

Deno.test("UI-2: wake tries at once", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end();
  rig.client.wake();
  assert.equal(rig.kind, "connecting");
  assert.equal(rig.sockets.length, 2);
  rig.client.wake();
  assert.equal(rig.sockets.length, 2);
});

Deno.test("UI-2: close ends the connection, the timers and the waiting; nothing comes back", async () => {
  const rig = new ClientRig();
  const socket = await rig.online();
  const asked = rig.client.request("preferences.get", {});
  const closed = rig.client.close();
  assert.equal(socket.closedWith?.code, 1000);
  await assert.rejects(asked, { name: "RequestError", kind: "closed" });
  await assert.rejects(rig.client.request("preferences.get", {}), { kind: "closed" });
  await assert.rejects(rig.client.whenOnline(), { kind: "closed" });
  // The other side never answers the close: it is not waited for without end.
  await rig.clock.advanceAsync(limits.clientCloseMs);
  await closed;
  rig.client.connect();
  rig.client.wake();
  assert.equal(rig.sockets.length, 1);
  assert.equal(rig.clock.pending, 0);
  assert.deepEqual(rig.client.connection, { kind: "stopped", code: 1000, reason: "closed" });
});

Deno.test("UI-2: a page may close the client from within any state it hears", async () => {
  for (const kind of ["connecting", "online", "offline"] as const) {
    const rig = new ClientRig();
    let closed: Promise<void> | undefined;
    rig.client.on("connection", (state) => {
      if (state.kind === kind) closed = rig.client.close();
    });
    rig.client.connect();
    rig.sockets.at(-1)?.notify("session.ready", readyParams());
    rig.sockets.at(-1)?.end();
    await closed;
    assert.equal(rig.kind, "stopped", kind);
    assert.equal(rig.clock.pending, 0, kind);
    assert.ok(rig.sockets.length <= 1);
  }
});

Deno.test("UI-2: after login or stop, connect begins again; another person's session is refused", async () => {
  await using rig = new ClientRig({ store: new MemorySeenStore() });
  await rig.online();
  rig.socket.end(closeCodes.sessionOver.code);
  assert.equal(rig.kind, "login");
  await assert.rejects(rig.client.request("preferences.get", {}), { kind: "offline" });
  await rig.online();
  rig.socket.end(closeCodes.replaced.code);
  assert.equal(rig.kind, "stopped");
  rig.client.connect();
  rig.socket.notify("session.ready", readyParams({ user: { id: "somebody else" } }));
  assert.equal(rig.kind, "stopped");
  assert.equal(rig.socket.closedWith?.code, 1000);
});
