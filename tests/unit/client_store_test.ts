import assert from "node:assert/strict";
import { IndexedStore, isOpenItem, Keeper, keptMs } from "../../lib/client/mod.ts";
import { iso, silentLog } from "../../lib/platform/mod.ts";
import type { CommandState, ListItem } from "../../lib/protocol/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { ClientRig, commandId, deliveryAt, userId } from "../fakes/client_rig.ts";
import { fakeIndexedDB } from "../fakes/indexed_db.ts";

const ann = { userId, username: "ann" };
const bob = { userId: "01ARZ3NDEKTSV4RRFFQ69G5FAW", username: "bob" };

function item(
  place: number,
  state: CommandState = "delivered",
  updatedAt = "2026-01-01T00:00:00.000Z",
): ListItem {
  return {
    command: deliveryAt(place).command,
    state: { state, updatedAt, until: null, note: null, allowedBy: null },
  };
}

const stateOf = ({ state }: ListItem) => state?.state;
const request = (id: string, method: "safety.stop" | "command.update", whose = userId) => ({
  id,
  userId: whose,
  method,
  params: {},
  createdAt: 0,
  sentAt: null,
});

Deno.test("UI-3: what is kept is there after a restart, newest first", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const first = await IndexedStore.open(ann, clock);
  await first.keep([item(1), item(3), item(2)]);
  await first.keep([item(2, "accepted")]);
  first.close();
  const again = await IndexedStore.open(null, clock);
  assert.deepEqual(await again.person(), { ...ann, id: "person" });
  const items = await again.commands();
  assert.deepEqual(items.map(({ command }) => command.id), [3, 2, 1].map(commandId));
  assert.deepEqual(items.map(stateOf), ["delivered", "accepted", "delivered"]);
  assert.equal(stateOf((await again.command(commandId(2)))!), "accepted");
  assert.equal(await again.command(commandId(9)), undefined);
  again.close();
});

Deno.test("UI-3: what was not heard of for two weeks is removed, that it was shown later than that", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const store = await IndexedStore.open(ann, clock);
  await store.keep([item(1)]);
  await store.seen.set(commandId(1), "delivered");
  clock.advance(keptMs / 2);
  await store.keep([item(2)]);
  clock.advance(keptMs / 2);
  await store.prune();
  assert.equal((await store.commands()).length, 2, "not before the time");
  clock.advance(1);
  await store.prune();
  assert.deepEqual((await store.commands()).map(({ command }) => command.id), [commandId(2)]);
  store.close();
  const again = await IndexedStore.open(ann, clock);
  assert.equal(await again.seen.get(commandId(1)), "delivered");
  clock.advance(keptMs + 1);
  await again.prune();
  again.close();
  const last = await IndexedStore.open(ann, clock);
  assert.equal(await last.seen.get(commandId(1)), undefined);
  assert.deepEqual(await last.commands(), []);
  last.close();
});

Deno.test("UI-3: another person finds nothing of the one before; a stop that was not sent stays good", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const first = await IndexedStore.open(ann, clock);
  await first.keep([item(1)]);
  await first.seen.set(commandId(1), "delivered");
  await first.outbox.put(request("1", "command.update"));
  await first.outbox.put(request("2", "safety.stop"));
  first.close();
  const second = await IndexedStore.open(bob, clock);
  assert.deepEqual(await second.commands(), []);
  assert.equal(await second.seen.get(commandId(1)), undefined);
  assert.deepEqual((await second.outbox.load()).map(({ id }) => id), ["2"]);
  assert.equal((await second.person())?.username, "bob");
  second.close();
  const back = await IndexedStore.open(ann, clock);
  assert.deepEqual((await back.outbox.load()).map(({ id }) => id), ["2"]);
  back.close();
});

Deno.test("UI-3: the same person finds what they left", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const first = await IndexedStore.open(ann, clock);
  await first.lasts(5);
  await first.outbox.put(request("1", "command.update"));
  first.close();
  const again = await IndexedStore.open(ann, clock);
  assert.equal((await again.person())?.untilMs, 5);
  assert.equal((await again.outbox.load()).length, 1);
  await again.outbox.remove("1");
  assert.deepEqual(await again.outbox.load(), []);
  again.close();
});

Deno.test("UI-3: after a logout nothing is left, and nothing comes in any more", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const store = await IndexedStore.open(ann, clock);
  await store.keep([item(1)]);
  await store.outbox.put(request("1", "safety.stop"));
  await store.wipe();
  await assert.rejects(store.keep([item(2)]));
  await store.seen.set(commandId(2), "delivered");
  const after = await IndexedStore.open(null, clock);
  assert.equal(await after.person(), undefined);
  assert.deepEqual(await after.commands(), []);
  assert.deepEqual(await after.outbox.load(), []);
  assert.equal(await after.seen.get(commandId(2)), undefined);
  after.close();
});

Deno.test("CO-6 UI-3: a stop closes what is kept open, and nothing else", async () => {
  using _db = fakeIndexedDB();
  const store = await IndexedStore.open(ann, new FakeClock());
  await store.keep([item(1, "accepted"), item(2, "completed"), item(3)]);
  await store.stopOpen();
  const items = await store.commands();
  assert.deepEqual(items.map(stateOf), ["stopped", "completed", "stopped"]);
  assert.ok(!items.some(isOpenItem));
  store.close();
});

Deno.test("UI-3: a list that was read earlier does not undo what was heard meanwhile", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const store = await IndexedStore.open(ann, clock);
  await store.keep([item(1, "accepted", iso(5000)), item(2), item(3)]);
  const askedMs = clock.now() + 1;
  clock.advance(10);
  await store.keep([item(3)]);
  await store.merge(
    [item(1, "delivered", iso(1000)), item(4)],
    [commandId(2), commandId(3), commandId(8)],
    askedMs,
  );
  const items = await store.commands();
  assert.deepEqual(items.map(({ command }) => command.id), [4, 3, 1].map(commandId));
  assert.equal(stateOf(items[2]!), "accepted");
  store.close();
});

/** A client with a keeper over a fake storage. */
async function keeping(
  run: (rig: ClientRig, store: IndexedStore, keeper: Keeper) => Promise<void>,
): Promise<void> {
  using _db = fakeIndexedDB();
  const store = await IndexedStore.open(ann);
  await using rig = new ClientRig({ userId, store: store.seen, outbox: store.outbox });
  using keeper = new Keeper(rig.client, store, rig.clock, silentLog);
  await run(rig, store, keeper);
  keeper[Symbol.dispose]();
  await keeper.idle;
  store.close();
}

/** IndexedDB answers in turns of its own. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await settle();
}

Deno.test("UI-3: what is delivered, changed and listed is kept", async () => {
  await keeping(async (rig, store) => {
    const socket = await rig.online();
    await turns();
    const list = socket.calls("command.list")[0]!;
    assert.deepEqual(list.params, { box: "inbox" });
    socket.answer(list, { items: [item(3, "completed"), item(2)], next: null });
    await rig.deliver(deliveryAt(4));
    await turns();
    assert.deepEqual(rig.socket.calls("inbox.ack").length, 1);
    socket.notify("command.changed", {
      id: commandId(4),
      state: "accepted",
      note: "on my way",
      at: "2026-01-01T00:00:05.000Z",
    });
    socket.notify("command.changed", { id: commandId(2), recipient: "carl", state: "declined", at: iso(0) });
    await turns();
    const items = await store.commands();
    assert.deepEqual(items.map(stateOf), ["accepted", "completed", "delivered"]);
    assert.equal(items[0]!.state!.note, "on my way");
  });
});

Deno.test("UI-3: the list is read on while it says something new, or something open lies further back", async () => {
  await keeping(async (rig, store) => {
    await store.keep([item(1), item(5), item(9, "completed")]);
    const socket = await rig.online();
    await turns();
    socket.answer(socket.calls("command.list")[0]!, {
      items: [item(9, "completed"), item(5)],
      next: commandId(5),
    });
    await turns();
    const second = socket.calls("command.list")[1]!;
    assert.equal(second.params!.before, commandId(5), "number 1 is open");
    socket.answer(second, { items: [item(1, "expired", iso(rig.clock.now()))], next: commandId(1) });
    await turns();
    socket.answer(socket.calls("command.list")[2]!, { items: [], next: null });
    await turns();
    assert.deepEqual((await store.commands()).map(stateOf), ["completed", "delivered", "expired"]);
    socket.end();
    const next = await rig.online();
    await turns();
    next.answer(next.calls("command.list")[0]!, {
      items: [item(9, "completed"), item(5)],
      next: commandId(5),
    });
    await turns();
    assert.equal(next.calls("command.list").length, 1, "nothing new, and nothing open behind it");
  });
});

Deno.test("CO-6 UI-3: from the press on nothing kept is open, before the server has heard of it", async () => {
  await keeping(async (rig, store) => {
    await store.keep([item(1)]);
    const socket = await rig.online();
    socket.end();
    void rig.client.request("safety.stop", {}).catch(() => undefined);
    await turns();
    assert.deepEqual((await store.commands()).map(stateOf), ["stopped"]);
  });
});

Deno.test("DL-3: after a restart a repeat is not shown again", async () => {
  using _db = fakeIndexedDB();
  const seen: string[] = [];
  for (let start = 0; start < 2; start++) {
    const store = await IndexedStore.open(ann);
    await using rig = new ClientRig({ userId, store: store.seen, outbox: store.outbox });
    rig.client.on("deliver", ({ command }) => void seen.push(command.id));
    await rig.online();
    await turns();
    await rig.deliver(deliveryAt(1));
    await turns();
    assert.equal(rig.socket.calls("inbox.ack").length, 1);
    store.close();
  }
  assert.deepEqual(seen, [commandId(1)]);
});

Deno.test("UI-4: a stop pressed without a connection, by somebody who is known, outlives the page", async () => {
  using _db = fakeIndexedDB();
  const first = await IndexedStore.open(ann);
  {
    await using rig = new ClientRig({ userId, outbox: first.outbox });
    rig.client.connect();
    void rig.client.request("safety.stop", {}).catch(() => undefined);
    await turns();
  }
  first.close();
  const again = await IndexedStore.open(null);
  await using rig = new ClientRig({ userId, outbox: again.outbox });
  const states: unknown[] = [];
  rig.client.on("stopped", (state) => void states.push(state));
  rig.client.connect();
  await turns();
  assert.deepEqual(states, [{ stopped: false, pending: true }], "before there is a connection");
  const socket = await rig.online();
  await turns();
  assert.deepEqual(socket.methods, ["safety.stop"]);
  socket.answer(socket.sent[0]!, { stopped: true, since: "" });
  await turns();
  assert.deepEqual(await again.outbox.load(), []);
  again.close();
});

Deno.test("UI-3 DL-3: a storage that fails holds up nothing", async () => {
  using _db = fakeIndexedDB();
  const store = await IndexedStore.open(ann);
  await using rig = new ClientRig({ userId, store: store.seen, outbox: store.outbox });
  using _keeper = new Keeper(rig.client, store, rig.clock, silentLog);
  const seen: string[] = [];
  rig.client.on("deliver", ({ command }) => void seen.push(command.id));
  await rig.online();
  await turns();
  store.close();
  await rig.deliver(deliveryAt(1), deliveryAt(1), deliveryAt(2));
  await turns();
  assert.deepEqual(seen, [commandId(1), commandId(2)]);
  assert.ok(rig.socket.calls("inbox.ack").length > 0);
});
