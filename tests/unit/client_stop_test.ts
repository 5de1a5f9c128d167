import assert from "node:assert/strict";
import { MemoryOutboxStore, type OutboxStore } from "../../lib/client/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ClientRig, commandId, deliveryAt, type FakeSocket, userId } from "../fakes/client_rig.ts";

const draft = { audience: { kind: "user" as const, to: ["bob"] }, kind: "message", body: "Come home" };
function keys(socket: FakeSocket): unknown[] {
  return socket.calls("command.send").map((frame) => frame.params?.key);
}

Deno.test("UI-4: a stop made offline goes out first, at once, before everything that waited", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end();
  const send = rig.client.request("command.send", draft);
  const set = rig.client.request("preferences.set", { broadcasts: false });
  const stop = rig.client.request("safety.stop", {});
  assert.equal(rig.kind, "connecting", "a stop does not wait for the next try");
  const socket = await rig.online();
  assert.deepEqual(socket.methods, ["safety.stop"], "the rest waits for the answer");
  socket.answer(socket.sent[0]!, { stopped: true, since: "" });
  assert.equal((await stop).stopped, true);
  await settle();
  assert.deepEqual(socket.methods, ["safety.stop", "command.send"]);
  socket.answer(socket.sent[1]!, {});
  await settle();
  socket.answer(socket.sent[2]!, {});
  await Promise.all([send, set]);
});

Deno.test("UI-4: from the press on nothing is shown, whatever the server still delivers", async () => {
  await using rig = new ClientRig();
  const seen: string[] = [];
  const states: unknown[] = [];
  rig.client.on("deliver", (delivery) => void seen.push(delivery.command.id));
  rig.client.on("stopped", (state) => void states.push(state));
  const socket = await rig.online();
  const stop = rig.client.request("safety.stop", {});
  await rig.deliver(deliveryAt(1));
  socket.end();
  const next = await rig.online();
  await rig.deliver(deliveryAt(1));
  next.answer(next.calls("safety.stop")[0]!, { stopped: true, since: "" });
  await stop;
  await settle();
  assert.deepEqual(seen, []);
  assert.deepEqual(states, [
    { stopped: false, pending: true },
    { stopped: true, pending: false },
  ]);
});

Deno.test("UI-4: a stop is never given up for bad luck, and pressing twice is pressing once", async () => {
  await using rig = new ClientRig();
  const stop = rig.client.request("safety.stop", {});
  const again = rig.client.request("safety.stop", {});
  for (let time = 0; time < limits.clientRetries * 2; time++) {
    const socket = await rig.online();
    assert.deepEqual(socket.methods, ["safety.stop"]);
    socket.end();
    await settle();
  }
  const socket = await rig.online();
  for (const kind of ["rate_limited", "unavailable", "internal"]) {
    for (let time = 0; time < limits.clientRetries; time++) {
      socket.refuse(socket.sent.at(-1)!, { code: -32000, message: "not now", data: { kind } });
      await rig.clock.advanceAsync(1000);
      socket.receive({ jsonrpc: "2.0", id: 1_000_000, result: {} });
    }
  }
  const last = socket.calls("safety.stop").at(-1)!;
  socket.answer(last, { stopped: true, since: "" });
  assert.equal((await stop).stopped, true);
  assert.equal((await again).stopped, true);
  assert.deepEqual(rig.client.stop, { stopped: true, pending: false });
});

Deno.test("UI-4: a stop works on a connection that a newer one replaced", async () => {
  await using rig = new ClientRig();
  await rig.online();
  rig.socket.end(4409);
  assert.equal(rig.kind, "stopped");
  const stop = rig.client.request("safety.stop", {});
  const socket = await rig.online();
  socket.answer(socket.sent[0]!, { stopped: true, since: "" });
  assert.equal((await stop).stopped, true);
});

Deno.test("CO-6: a resume does not overtake a stop that is still on its way", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  const stop = rig.client.request("safety.stop", {});
  await assert.rejects(rig.client.request("safety.resume", { confirm: true }), { kind: "conflict" });
  socket.answer(socket.sent[0]!, { stopped: true, since: "" });
  await stop;
  assert.deepEqual(socket.methods, ["safety.stop"]);
});

Deno.test("UI-4: with a store, what was done offline goes out after a reload, the stop first, under the same keys", async () => {
  const outbox = new MemoryOutboxStore();
  {
    await using rig = new ClientRig({ outbox });
    await rig.online();
    rig.socket.end();
    rig.client.request("command.send", draft).catch(() => {});
    rig.client.request("command.update", { id: commandId(1), state: "seen" }).catch(() => {});
    rig.client.request("safety.stop", {}).catch(() => {});
    const socket = await rig.online();
    socket.end();
    await settle();
  }
  const stored = await outbox.load();
  assert.deepEqual(stored.map((one) => one.method), ["command.send", "command.update", "safety.stop"]);
  assert.ok(stored.every((one) => one.userId === userId));
  const key = stored[0]?.params.key;

  await using rig = new ClientRig({ outbox });
  const unsent: string[] = [];
  rig.client.on("unsent", ({ method, error }) => void unsent.push(`${method} ${error.kind}`));
  const seen: string[] = [];
  rig.client.on("deliver", (delivery) => void seen.push(delivery.command.id));
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1));
  assert.deepEqual(seen, [], "a stop of before the reload holds");
  assert.deepEqual(socket.methods, ["safety.stop"]);
  socket.answer(socket.sent.at(-1)!, { stopped: true, since: "" });
  await settle();
  assert.deepEqual(keys(socket), [key]);
  socket.answer(socket.sent.at(-1)!, {});
  await settle();
  socket.refuse(socket.sent.at(-1)!, { code: -32000, message: "gone", data: { kind: "expired" } });
  await settle();
  assert.deepEqual(unsent, ["command.update expired"], "a refusal that nobody waits for is still told");
  assert.deepEqual(await outbox.load(), []);
  assert.equal(rig.client.waiting, 0);
});

Deno.test("UI-2: another person on the same browser neither sends nor loses what the first one left", async () => {
  const outbox = new MemoryOutboxStore();
  const left = {
    method: "command.cancel" as const,
    params: { id: commandId(1) },
    createdAt: 0,
    sentAt: null,
  };
  await outbox.put({ ...left, id: "1", userId: "somebody else" });
  await using rig = new ClientRig({ outbox });
  const socket = await rig.online();
  assert.deepEqual(socket.methods, []);
  assert.equal((await outbox.load()).length, 1);
});

Deno.test("UI-2: a store that fails or hangs holds up neither the connection, nor sending, nor, for long, the inbox", async () => {
  const failing: OutboxStore = {
    load: () => Promise.reject(new Error("disk")),
    put: () => Promise.reject(new Error("disk")),
    remove: () => Promise.reject(new Error("disk")),
  };
  for (const outbox of [failing, { ...failing, load: () => new Promise<never>(() => {}) }]) {
    await using rig = new ClientRig({ outbox });
    const seen: string[] = [];
    rig.client.on("deliver", (delivery) => void seen.push(delivery.command.id));
    const early = rig.client.request("command.send", draft);
    const socket = await rig.online();
    socket.onSent = (frame) => socket.answer(frame, {});
    for (const frame of [...socket.sent]) socket.answer(frame, {});
    await rig.deliver(deliveryAt(1));
    await rig.pass(limits.clientConnectMs);
    assert.deepEqual(seen, [commandId(1)]);
    await early;
  }
});
