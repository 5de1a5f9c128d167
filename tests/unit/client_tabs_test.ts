import assert from "node:assert/strict";
import { MemoryOutboxStore, type RequestError } from "../../lib/client/mod.ts";
import { settle } from "../fakes/clock.ts";
import { commandId, deliveryAt } from "../fakes/client_rig.ts";
import { TabRig } from "../fakes/tabs.ts";

const draft = { audience: { kind: "user" as const, to: ["bob"] }, kind: "message", body: "Come home" };
const done = { id: commandId(1), state: "completed" as const };

Deno.test("UI-2: several tabs open one socket, and all of them know how it stands", async () => {
  await using rig = new TabRig();
  const [first, second, third] = [await rig.open(), await rig.open(), await rig.open()];
  assert.equal(rig.sockets.length, 1);
  const kinds = () => [first, second, third].map(({ shared }) => shared.state.kind);
  assert.deepEqual(kinds(), ["connecting", "connecting", "connecting"]);
  await rig.online(first);
  assert.deepEqual(kinds(), ["online", "online", "online"]);
  const late = await rig.open();
  assert.equal(late.shared.state.kind, "online");
  first.socket.end();
  await settle();
  assert.deepEqual(kinds(), ["offline", "offline", "offline"]);
  assert.equal(rig.sockets.length, 1);
});

Deno.test("UI-2: a tab that opens later hears what the connection said when it came up, as it is by now", async () => {
  await using rig = new TabRig();
  const first = await rig.open();
  const socket = await rig.online(first);
  socket.notify("safety.changed", { stopped: true, since: "2026-01-01T00:00:00.000Z" });
  await settle();
  const second = await rig.open({ start: false });
  const heard: boolean[] = [];
  second.shared.on("ready", ({ stopped }) => void heard.push(stopped));
  second.shared.start("person");
  await settle();
  assert.deepEqual(heard, [true]);
  assert.deepEqual(second.shared.stop, { stopped: true, pending: false });
});

Deno.test("DL-3 UI-2: what arrives is acknowledged once and shown in each tab once", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  const socket = await rig.online(first);
  const delivery = deliveryAt(1);
  socket.notify("command.deliver", { deliveries: [delivery, delivery] });
  await settle();
  assert.deepEqual(first.seen, [delivery.command.id]);
  assert.deepEqual(second.seen, [delivery.command.id]);
  assert.ok(socket.calls("inbox.ack").length >= 1);
});

Deno.test("UI-2: a request of another tab goes over the one connection, and its answer comes back to that tab", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  const socket = await rig.online(first);
  const answer = second.shared.request("command.update", done);
  const refused = second.shared.request("command.cancel", { id: commandId(2) });
  await settle();
  assert.deepEqual(socket.methods, ["command.update", "command.cancel"]);
  socket.answer(socket.sent[0]!, { command: "the answer" });
  socket.refuse(socket.sent[1]!, {
    code: -32000,
    message: "Too late.",
    data: { kind: "conflict", retryAfterMs: 5, fields: { id: "wrong" } },
  });
  assert.deepEqual(await answer, { command: "the answer" });
  const { kind, message, retryAfterMs, fields, code } = await refused.then(
    () => assert.fail("it was refused"),
    (error: RequestError) => error,
  );
  assert.deepEqual(
    { kind, message, retryAfterMs, fields, code },
    { kind: "conflict", message: "Too late.", retryAfterMs: 5, fields: { id: "wrong" }, code: -32000 },
  );
});

Deno.test("UI-2: the tab with the connection is closed: the next takes it at once and asks again, under the same keys", async () => {
  await using rig = new TabRig();
  const [first, second, third] = [await rig.open(), await rig.open(), await rig.open()];
  const socket = await rig.online(first);
  const sent = second.shared.request("command.send", draft);
  const read = third.shared.request("inbox.list", {});
  const once = assert.rejects(
    third.shared.request("command.review", { id: commandId(1), recipient: "bob", accept: true }),
    { kind: "broken", message: /another tab/ },
  );
  await settle();
  const key = socket.calls("command.send")[0]!.params!.key;
  assert.ok(typeof key === "string" && key.length > 0);
  first.shared.close();
  await settle();
  assert.equal(second.sockets.length, 1, "without any time passing");
  const next = await rig.online(second);
  assert.deepEqual(next.calls("command.send").map(({ params }) => params!.key), [key]);
  assert.equal(next.calls("inbox.list").length, 1);
  assert.equal(next.calls("command.review").length, 0, "what cannot be repeated safely is not");
  await once;
  for (const frame of next.sent) next.answer(frame, { ok: frame.method });
  assert.deepEqual(await sent, { ok: "command.send" });
  assert.deepEqual(await read, { ok: "inbox.list" });
  assert.equal(third.shared.state.kind, "online");
  assert.equal(rig.sockets.length, 2);
});

Deno.test("UI-2: a tab that the browser kills costs no more than one that is closed", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  await rig.online(first);
  const answer = second.shared.request("command.update", done);
  await settle();
  first.crash();
  await settle();
  const next = await rig.online(second);
  next.answer(next.calls("command.update")[0]!, { ok: true });
  assert.deepEqual(await answer, { ok: true });
});

Deno.test("UI-2 UI-4: what a killed tab had kept goes out once, the stop first", async () => {
  const outbox = new MemoryOutboxStore();
  await using rig = new TabRig({ outbox });
  const [first, second] = [await rig.open(), await rig.open()];
  await rig.online(first);
  first.socket.end();
  await settle();
  const answers = [
    second.shared.request("command.update", { id: commandId(1), state: "accepted" }),
    second.shared.request("command.update", done),
    second.shared.request("safety.stop", {}),
  ];
  await settle();
  assert.equal((await outbox.load()).length, 3);
  assert.deepEqual(second.shared.stop, { stopped: false, pending: true });
  assert.deepEqual(second.shared.pending.map(({ params }) => params.state), ["accepted", "completed"]);
  first.crash();
  await settle();
  const next = await rig.online(second);
  next.onSent = (frame) => queueMicrotask(() => next.answer(frame, { ok: frame.params!.state ?? "stopped" }));
  for (const frame of [...next.sent]) next.answer(frame, { ok: frame.params!.state ?? "stopped" });
  assert.deepEqual(await Promise.all(answers), [{ ok: "accepted" }, { ok: "completed" }, { ok: "stopped" }]);
  assert.deepEqual(next.methods, ["safety.stop", "command.update", "command.update"]);
  assert.deepEqual(next.calls("command.update").map(({ params }) => params!.state), [
    "accepted",
    "completed",
  ]);
  await settle();
  assert.deepEqual(await outbox.load(), []);
});

Deno.test("UI-2: a refusal of what an earlier page left is heard in every tab", async () => {
  const outbox = new MemoryOutboxStore();
  const left = { method: "command.update" as const, params: done, createdAt: 0, sentAt: null };
  await outbox.put({ ...left, id: "1", userId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
  await using rig = new TabRig({ outbox });
  const [first, second] = [await rig.open(), await rig.open()];
  const heard: string[] = [];
  for (const { shared } of [first, second]) {
    shared.on("unsent", ({ params, error }) => void heard.push(`${params.id} ${error.kind} ${error.name}`));
  }
  const socket = await rig.online(first);
  socket.refuse(socket.sent[0]!, { code: -32000, message: "Too late.", data: { kind: "conflict" } });
  await settle();
  const expected = `${commandId(1)} conflict RequestError`;
  assert.deepEqual(heard, [expected, expected]);
});

Deno.test("UI-2: a tab that is frozen loses the connection to one that asks", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  await rig.online(first);
  first.channel.frozen = true;
  const answer = second.shared.request("inbox.list", {});
  await settle();
  assert.equal(second.sockets.length, 0);
  await rig.clock.advanceAsync(2000);
  const next = await rig.online(second);
  next.answer(next.calls("inbox.list")[0]!, { items: [], next: null });
  assert.deepEqual(await answer, { items: [], next: null });
  first.channel.frozen = false;
  await settle();
  first.shared.wake();
  await settle();
  assert.equal(first.shared.leads, false);
  assert.equal(first.shared.state.kind, "online", "by the other tab's connection");
  assert.equal(rig.sockets.length, 2);
});

Deno.test("UI-2: a connection in a tab that was hidden for long goes to one that is seen", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  await rig.online(first);
  first.hiddenMs = 1000;
  second.shared.wake();
  await settle();
  assert.equal(first.shared.leads, true, "a look at another tab is no reason yet");
  first.hiddenMs = 300_000;
  second.hiddenMs = 1;
  second.shared.wake();
  await settle();
  assert.equal(first.shared.leads, true, "both are hidden");
  second.hiddenMs = 0;
  second.shared.wake();
  await settle();
  assert.deepEqual([first.shared.leads, second.shared.leads], [false, true]);
  await rig.online(second);
});

Deno.test("UI-2: without locks, or where they may not be used, each tab has its own connection", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open({ locks: false }), await rig.open({ locks: false })];
  assert.equal(rig.sockets.length, 2);
  await rig.online(first);
  await rig.online(second);
  rig.locks.refuses = true;
  const third = await rig.open();
  await rig.online(third);
  assert.equal(rig.sockets.length, 3);
});

Deno.test("UI-2: what is asked before the connection was started waits for it; what was never answered ends with the page", async () => {
  await using rig = new TabRig();
  const tab = await rig.open({ start: false });
  const answer = tab.shared.request("inbox.list", {});
  await settle();
  assert.equal(tab.sockets.length, 0);
  tab.shared.start("person");
  await settle();
  const socket = await rig.online(tab);
  socket.answer(socket.calls("inbox.list")[0]!, { items: [] });
  assert.deepEqual(await answer, { items: [] });
  const never = assert.rejects(tab.shared.request("inbox.list", {}), { kind: "closed" });
  tab.shared.close();
  await never;
  await assert.rejects(tab.shared.request("inbox.list", {}), { kind: "closed" });
});

Deno.test("UI-2: what is not a message of this version is not listened to", async () => {
  await using rig = new TabRig();
  const [first, second] = [await rig.open(), await rig.open()];
  await rig.online(first);
  const stray = rig.channels.channel();
  for (
    const message of [
      null,
      1,
      "view",
      {},
      { kind: "view" },
      { kind: "view", build: 0, from: "x", hiddenMs: 0, view: {} },
      { kind: "ask", build: 0 },
    ]
  ) stray.postMessage(message);
  await settle();
  assert.equal(second.shared.state.kind, "online");
  assert.equal(first.shared.state.kind, "online");
});
