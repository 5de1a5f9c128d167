import assert from "node:assert/strict";
import { MemorySeenStore } from "../../lib/client/mod.ts";
import { closeCodes, type CommandChanged, type Delivery, limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ClientRig, commandId, deliveryAt, type FakeSocket } from "../fakes/client_rig.ts";

function acks(socket: FakeSocket): unknown[] {
  return socket.calls("inbox.ack").map((frame) => frame.params?.cursor);
}

function answerAcks(socket: FakeSocket): void {
  socket.onSent = (frame) => {
    if (frame.method === "inbox.ack") socket.answer(frame, frame.params);
  };
}

function seenBy(rig: ClientRig): string[] {
  const seen: string[] = [];
  rig.client.on("deliver", (delivery) => void seen.push(delivery.command.id));
  return seen;
}

Deno.test("DL-1: deliveries are handed over in order and acknowledged cumulatively, one acknowledgement in flight", async () => {
  await using rig = new ClientRig();
  const seen = seenBy(rig);
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1), deliveryAt(2), deliveryAt(3));
  await rig.deliver(deliveryAt(4));
  assert.deepEqual(seen, [1, 2, 3, 4].map(commandId));
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
  socket.answer(socket.calls("inbox.ack")[0]!, { cursor: deliveryAt(1).cursor });
  await settle();
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor, deliveryAt(4).cursor]);
});

Deno.test("DL-1: nothing is acknowledged before its handlers are done, one after the other", async () => {
  await using rig = new ClientRig();
  const begun: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  rig.client.on("deliver", (delivery) => {
    begun.push(delivery.command.id);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    return gate.promise;
  });
  const socket = await rig.online();
  answerAcks(socket);
  await rig.deliver(deliveryAt(1), deliveryAt(2));
  assert.deepEqual(begun, [commandId(1)]);
  assert.deepEqual(acks(socket), []);
  gates[0]!.resolve();
  await settle();
  assert.deepEqual(begun, [commandId(1), commandId(2)]);
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
  gates[1]!.resolve();
  await settle();
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor, deliveryAt(2).cursor]);
});

Deno.test("DL-1: deliveries wait until somebody takes them", async () => {
  await using rig = new ClientRig();
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1));
  assert.deepEqual(acks(socket), []);
  const seen = seenBy(rig);
  await settle();
  assert.deepEqual(seen, [commandId(1)]);
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
});

Deno.test("DL-1: a server that sends more than any window holds is left", async () => {
  await using rig = new ClientRig();
  await rig.online();
  for (let place = 0; place < limits.windowMax; place++) await rig.deliver(deliveryAt(place));
  assert.equal(rig.kind, "online");
  await rig.deliver(deliveryAt(limits.windowMax));
  assert.equal(rig.kind, "offline");
});

Deno.test("DL-3: a repeat is dropped and acknowledged all the same", async () => {
  await using rig = new ClientRig();
  const seen = seenBy(rig);
  await rig.online();
  await rig.deliver(deliveryAt(1));
  rig.socket.end();
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1), deliveryAt(2));
  assert.deepEqual(seen, [commandId(1), commandId(2)]);
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
  socket.answer(socket.calls("inbox.ack")[0]!, {});
  await settle();
  assert.deepEqual(acks(socket).at(-1), deliveryAt(2).cursor);
});

Deno.test("DL-3: a repeat that comes while the first is still being handled waits for it", async () => {
  await using rig = new ClientRig();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  rig.client.on("deliver", () => {
    begun++;
    return gate.promise;
  });
  const old = await rig.online();
  await rig.deliver(deliveryAt(1));
  old.end();
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1));
  assert.deepEqual(acks(socket), []);
  gate.resolve();
  await settle();
  assert.equal(begun, 1);
  assert.deepEqual(acks(old), []);
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
});

Deno.test("DL-3: what a handler began on an old connection neither acknowledges nor skips anything on the new one", async () => {
  await using rig = new ClientRig();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  rig.client.on("deliver", (delivery) => {
    seen.push(delivery.command.id);
    return gate.promise;
  });
  const old = await rig.online();
  await rig.deliver(deliveryAt(1));
  old.end();
  // The first one expired meanwhile: the new connection begins with the second.
  const socket = await rig.online();
  answerAcks(socket);
  await rig.deliver(deliveryAt(2), deliveryAt(3));
  gate.resolve();
  await settle();
  assert.deepEqual(seen, [1, 2, 3].map(commandId));
  assert.deepEqual(acks(socket), [deliveryAt(2).cursor, deliveryAt(3).cursor]);
});

Deno.test("DL-3: a repeat in another state is a change, told once", async () => {
  await using rig = new ClientRig();
  const seen = seenBy(rig);
  const changes: CommandChanged[] = [];
  rig.client.on("changed", (changed) => void changes.push(changed));
  await rig.online();
  await rig.deliver(deliveryAt(1));
  for (let turn = 0; turn < 3; turn++) {
    rig.socket.end();
    await rig.online();
    await rig.deliver(deliveryAt(1, "accepted"));
  }
  assert.deepEqual(seen, [commandId(1)]);
  assert.deepEqual(changes.map(({ id, state }) => ({ id, state })), [{
    id: commandId(1),
    state: "accepted",
  }]);
});

Deno.test("DL-3: with a store that outlives the client the person sees each once over restarts too", async () => {
  const memory = new MemorySeenStore();
  // As slow as a database of the browser.
  const store = {
    get: (id: string) => Promise.resolve(memory.get(id)),
    set: (id: string, state: Delivery["state"]) => Promise.resolve(memory.set(id, state)),
  };
  const seen: string[] = [];
  for (let start = 0; start < 3; start++) {
    await using rig = new ClientRig({ store });
    rig.client.on("deliver", (delivery) => void seen.push(delivery.command.id));
    await rig.online();
    await rig.deliver(deliveryAt(1), deliveryAt(2));
    assert.ok(acks(rig.socket).length > 0);
  }
  assert.deepEqual(seen, [commandId(1), commandId(2)]);
});

Deno.test("DL-3: the memory of seen commands is bounded and forgets what it heard of first", () => {
  const store = new MemorySeenStore(3);
  for (const id of ["a", "b", "c"]) store.set(id, "queued");
  store.set("a", "seen");
  store.set("d", "queued");
  assert.equal(store.size, 3);
  assert.equal(store.get("b"), undefined);
  assert.equal(store.get("a"), "seen");
});

Deno.test("DL-3: what a handler fails on is never acknowledged; it comes again and is taken", async () => {
  await using rig = new ClientRig();
  const seen: string[] = [];
  const failures: string[] = [];
  rig.client.on("failed", ({ delivery }) => void failures.push(delivery.command.id));
  rig.client.on("deliver", async (delivery) => {
    await Promise.resolve();
    if (delivery.command.id === commandId(2) && failures.length === 0) throw new Error("of a page");
    seen.push(delivery.command.id);
  });
  const socket = await rig.online();
  answerAcks(socket);
  await rig.deliver(deliveryAt(1), deliveryAt(2), deliveryAt(3));
  assert.equal(rig.kind, "offline", "the connection is dropped for a new delivery");
  assert.deepEqual(acks(socket), [deliveryAt(1).cursor]);
  const next = await rig.online();
  answerAcks(next);
  await rig.deliver(deliveryAt(2), deliveryAt(3));
  assert.deepEqual(seen, [1, 2, 3].map(commandId));
  assert.deepEqual(failures, [commandId(2)]);
  assert.deepEqual(acks(next), [deliveryAt(2).cursor, deliveryAt(3).cursor]);
});

Deno.test("DL-3: a handler that always fails costs the connection a few times, then the inbox is held and the connection stays", async () => {
  await using rig = new ClientRig();
  let failures = 0;
  rig.client.on("failed", () => void failures++);
  rig.client.on("deliver", () => {
    throw new Error("of a page");
  });
  for (let time = 1; time < limits.clientHandlerTries; time++) {
    await rig.online();
    await rig.deliver(deliveryAt(1), deliveryAt(2));
    assert.equal(rig.kind, "offline");
  }
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1), deliveryAt(2));
  await rig.deliver(deliveryAt(3));
  assert.equal(rig.kind, "online");
  assert.equal(failures, limits.clientHandlerTries);
  assert.deepEqual(acks(socket), []);
  // Stop works while the inbox is held.
  const stop = rig.client.request("safety.stop", {});
  socket.answer(socket.calls("safety.stop")[0]!, { stopped: true, since: "" });
  assert.equal((await stop).stopped, true);
});

Deno.test("DL-3: a store that fails counts as a handler that fails: nothing is acknowledged", async () => {
  await using rig = new ClientRig({
    store: { get: () => Promise.reject(new Error("disk")), set: () => {} },
  });
  const seen = seenBy(rig);
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1));
  assert.deepEqual(acks(socket), []);
  assert.deepEqual(seen, []);
  assert.equal(rig.kind, "offline");
});

Deno.test("DL-1: an acknowledgement that the server refuses or does not answer costs the connection, not the command", async () => {
  for (const how of ["refused", "unanswered"] as const) {
    await using rig = new ClientRig();
    const seen = seenBy(rig);
    const socket = await rig.online();
    await rig.deliver(deliveryAt(1));
    const ack = socket.calls("inbox.ack")[0]!;
    if (how === "refused") socket.refuse(ack, { code: -32602, message: "not sent here" });
    else await rig.clock.advanceAsync(limits.clientRequestMs);
    await settle();
    assert.equal(rig.kind, "offline", how);
    const next = await rig.online();
    await rig.deliver(deliveryAt(1));
    assert.deepEqual(seen, [commandId(1)]);
    assert.deepEqual(acks(next), [deliveryAt(1).cursor]);
  }
});

Deno.test("DL-8: a command that is closed while it waits here is acknowledged and never shown", async () => {
  await using rig = new ClientRig();
  const gate = Promise.withResolvers<void>();
  const seen: Delivery[] = [];
  const changes: string[] = [];
  rig.client.on("changed", (changed) => void changes.push(`${changed.id} ${changed.state}`));
  rig.client.on("deliver", (delivery) => {
    seen.push(delivery);
    return gate.promise;
  });
  const socket = await rig.online();
  answerAcks(socket);
  await rig.deliver(deliveryAt(1), deliveryAt(2), deliveryAt(3));
  socket.notify("command.changed", { id: commandId(1), state: "seen", at: "" });
  socket.notify("command.changed", { id: commandId(2), state: "cancelled", at: "" });
  socket.notify("command.changed", { id: commandId(3), state: "accepted", at: "" });
  gate.resolve();
  await settle();
  assert.deepEqual(seen.map(({ command, state }) => `${command.id} ${state}`), [
    `${commandId(1)} queued`,
    `${commandId(3)} accepted`,
  ]);
  assert.equal(acks(socket).at(-1), deliveryAt(3).cursor);
  assert.deepEqual(changes, [
    `${commandId(1)} seen`,
    `${commandId(2)} cancelled`,
    `${commandId(3)} accepted`,
  ]);
});

Deno.test("CM-7: a recipient's change of a command that this person sent leaves the inbox alone", async () => {
  await using rig = new ClientRig();
  const changes: CommandChanged[] = [];
  rig.client.on("changed", (changed) => void changes.push(changed));
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1));
  socket.notify("command.changed", { id: commandId(1), state: "declined", recipient: "bob", at: "" });
  const seen = seenBy(rig);
  await settle();
  assert.deepEqual(seen, [commandId(1)]);
  assert.equal(changes[0]?.recipient, "bob");
});

Deno.test("CO-6: after a stop nothing is handed over, not even what had arrived; after a resume it goes on", async () => {
  await using rig = new ClientRig();
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  rig.client.on("deliver", (delivery) => {
    seen.push(delivery.command.id);
    return gate.promise;
  });
  const socket = await rig.online();
  await rig.deliver(deliveryAt(1), deliveryAt(2), deliveryAt(3));
  socket.notify("safety.changed", { stopped: true, since: "" });
  socket.notify("command.changed", { id: commandId(2), state: "stopped", at: "" });
  gate.resolve();
  await settle();
  assert.deepEqual(seen, [commandId(1)]);
  socket.notify("safety.changed", { stopped: false, since: null });
  await settle();
  assert.deepEqual(seen, [commandId(1), commandId(3)], "what the stop closed is gone, what waited comes");
});

Deno.test("CO-6: a session that begins stopped hands nothing over", async () => {
  await using rig = new ClientRig();
  const seen = seenBy(rig);
  const states: boolean[] = [];
  rig.client.on("stopped", ({ stopped }) => void states.push(stopped));
  await rig.online({ stopped: true });
  await rig.deliver(deliveryAt(1));
  assert.deepEqual(seen, []);
  assert.deepEqual(rig.client.stop, { stopped: true, pending: false });
  const resume = rig.client.request("safety.resume", { confirm: true });
  rig.socket.answer(rig.socket.calls("safety.resume")[0]!, { stopped: false });
  assert.equal((await resume).stopped, false);
  await settle();
  assert.deepEqual(seen, [commandId(1)]);
  assert.deepEqual(states, [true, false]);
});

Deno.test("section 3: a replaced connection leaves what was not handed over to the newer one", async () => {
  await using rig = new ClientRig();
  await rig.online();
  await rig.deliver(deliveryAt(1));
  rig.socket.end(closeCodes.replaced.code);
  const seen = seenBy(rig);
  await settle();
  assert.deepEqual(seen, []);
});
