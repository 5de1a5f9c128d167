import assert from "node:assert/strict";
import { IndexedStore, Keeper, talkOf } from "../../lib/client/mod.ts";
import type { ChatDelivery } from "../../lib/protocol/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { ClientRig, commandId, deliveryAt, userId } from "../fakes/client_rig.ts";
import { fakeIndexedDB } from "../fakes/indexed_db.ts";

const at = "2026-01-01T00:00:00.000Z";

function messageAt(place: number, change: Partial<ChatDelivery["message"]> = {}): ChatDelivery {
  return {
    cursor: place.toString(16).padStart(20, "0"),
    message: {
      id: commandId(place),
      from: { id: "01ARZ3NDEKTSV4RRFFQ69G5FAW", username: "bob", displayName: "Bob" },
      to: "ann",
      thread: null,
      body: `number ${place}`,
      attachments: [],
      createdAt: at,
      retractedAt: null,
      ...change,
    },
  };
}

Deno.test("DL-3, CH-1: messages come in their order among commands, once each, and are acknowledged with them", async () => {
  await using rig = new ClientRig();
  const seen: string[] = [];
  rig.client.on("deliver", ({ command }) => void seen.push(`command ${command.id}`));
  rig.client.on("message", ({ message }) => void seen.push(message.retractedAt ?? message.body));
  const socket = await rig.online();
  socket.onSent = (frame) => {
    if (frame.method === "inbox.ack") socket.answer(frame, frame.params);
  };
  socket.notify("chat.message", messageAt(1));
  await rig.deliver(deliveryAt(2));
  socket.notify("chat.message", messageAt(3));
  // Repeated, and then taken back.
  socket.notify("chat.message", { ...messageAt(4), message: messageAt(3).message });
  socket.notify("chat.message", { ...messageAt(5), message: messageAt(3, { retractedAt: at }).message });
  await settle();
  assert.deepEqual(seen, ["number 1", `command ${commandId(2)}`, "number 3", at]);
  assert.equal(socket.calls("inbox.ack").at(-1)?.params?.cursor, messageAt(5).cursor);
});

Deno.test("CO-6: while stopped no message is handed over", async () => {
  await using rig = new ClientRig();
  const seen: string[] = [];
  rig.client.on("deliver", () => undefined);
  rig.client.on("message", ({ message }) => void seen.push(message.body));
  const socket = await rig.online();
  socket.notify("safety.changed", { stopped: true, since: at });
  socket.notify("chat.message", messageAt(1));
  await settle();
  assert.deepEqual(seen, []);
  socket.notify("safety.changed", { stopped: false, since: null });
  await settle();
  assert.deepEqual(seen, ["number 1"]);
});

Deno.test("UI-3: messages are kept by talk for two weeks, in their last state", async () => {
  using _db = fakeIndexedDB();
  const clock = new FakeClock();
  const store = await IndexedStore.open({ userId, username: "ann" }, clock);
  await using rig = new ClientRig();
  using keeper = new Keeper(rig.client, store, clock);
  rig.client.on("deliver", () => undefined);
  const socket = await rig.online();
  socket.notify("chat.message", messageAt(1));
  socket.notify("chat.message", messageAt(2, { thread: commandId(9) }));
  socket.notify("chat.message", messageAt(3));
  socket.notify("chat.message", {
    ...messageAt(4),
    message: messageAt(3, { retractedAt: at, body: "" }).message,
  });
  await settle();
  await keeper.idle;
  const texts = async (talk: string) => (await store.messages(talk)).map(({ body }) => body);
  assert.deepEqual(await texts(talkOf("bob", null)), ["number 1", ""]);
  assert.deepEqual(await texts(talkOf("bob", commandId(9))), ["number 2"]);
  clock.advance(14 * 24 * 3600_000);
  assert.deepEqual(await texts("bob"), []);
  store.close();
});
