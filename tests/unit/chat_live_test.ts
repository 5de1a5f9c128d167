import assert from "node:assert/strict";
import type { Bell } from "../../lib/platform/mod.ts";
import { settle } from "../fakes/clock.ts";
import type { CommandRig } from "../fakes/command_rig.ts";
import { type LiveDevice, LiveRig } from "../fakes/live_rig.ts";

/** Contacts with a device each, which is up to date. `bell`: what is rung in the place of the hub. */
async function contacts(bell?: (rig: () => LiveRig, hub: Bell) => Partial<Bell>) {
  const live: LiveRig = await LiveRig.open({
    bell: (hub) => bell === undefined ? hub : bellOver(hub, bell(() => live, hub)),
  });
  const { rig } = live;
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const say = (body: string) => live.answer(annsPhone, "chat.send", { key: `key-${body}`, to: "bob", body });
  const annsPhone = await live.connect(ann);
  const bobsPhone = await live.connect(bob);
  await rig.rest();
  return { live, rig, ann, bob, annsPhone, bobsPhone, say };
}

function bellOver(hub: Bell, over: Partial<Bell>): Bell {
  return new Proxy(hub, {
    get(target, name: keyof Bell) {
      if (over[name] !== undefined) return over[name];
      const found = target[name];
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

function told({ socket }: LiveDevice): string[] {
  return socket.notified("chat.message").map(({ message }) => (message as { body: string }).body);
}

/** Counts how often devices read their logs from now on. */
function readsOf({ room: { inbox } }: CommandRig): () => number {
  let reads = 0;
  const next = inbox.next.bind(inbox);
  inbox.next = (...given) => (reads++, next(...given));
  return () => reads;
}

Deno.test("CH-1, DL-2: devices of both sides that are up to date get a message with the ring, without a read of the log", async () => {
  const { live, rig, annsPhone, bobsPhone, say } = await contacts();
  await using _ = live;
  await say("one");
  const reads = readsOf(rig);
  await say("two");
  for (const device of [annsPhone, bobsPhone]) assert.deepEqual(told(device), ["one", "two"]);
  assert.equal(reads(), 0);
  // What was handed over is in the log: another device gets it from there, in order.
  const later = await live.connect(rig.person("bob"), "desktop");
  await rig.rest();
  assert.deepEqual(told(later), ["one", "two"]);
  assert.ok(reads() > 0);
});

Deno.test("CH-1, CO-2: a message on a command's thread comes with the ring once its recipient has opened the command", async () => {
  const { live, rig, ann, bob, annsPhone, bobsPhone } = await contacts();
  await using _ = live;
  await rig.prefer(bob, { categories: { general: "ask" } });
  const { id: thread } = await rig.send(ann, bob);
  await rig.rest();
  const [{ cursor }] = bobsPhone.socket.notified("command.deliver")[0]!.deliveries as [{ cursor: string }];
  await live.answer(bobsPhone, "inbox.ack", { cursor });
  const reads = readsOf(rig);
  const say = (device: LiveDevice, body: string) =>
    live.answer(device, "chat.send", { key: body, thread, body });
  await say(annsPhone, "sealed");
  assert.deepEqual([told(annsPhone), told(bobsPhone)], [["sealed"], [""]]);
  assert.equal(reads(), 1, "what the person has of the command is asked at the delivery");
  await live.answer(bobsPhone, "command.update", { id: thread, state: "seen" });
  const before = reads();
  await say(annsPhone, "With soap");
  await say(bobsPhone, "Of course");
  assert.deepEqual(told(annsPhone), ["sealed", "With soap", "Of course"]);
  assert.deepEqual(told(bobsPhone), ["", "With soap", "Of course"]);
  assert.equal(reads(), before);
});

Deno.test("DL-2, DL-11: what was handed over and acknowledged comes on the same device never again, and stays the person's", async () => {
  const { live, rig, bob, bobsPhone, say } = await contacts();
  await using _ = live;
  await say("had");
  const { cursor } = bobsPhone.socket.notified("chat.message")[0]!;
  bobsPhone.connection.receive(
    JSON.stringify({ jsonrpc: "2.0", method: "inbox.ack", params: { cursor } }),
  );
  await rig.rest();
  await settle();
  const again = await live.connect(bob);
  await rig.rest();
  assert.deepEqual(told(again), []);
  await rig.prefer(bob, { acceptFrom: "nobody" });
  const page = await rig.chat.list(bob, { with: "ann" });
  assert.ok("messages" in page);
  assert.deepEqual(page.messages.map(({ body }) => body), ["had"]);
});

for (
  const [what, change] of [
    ["a block", ({ rig }: LiveRig) => rig.prefer(rig.person("bob"), { blockedUsers: ["ann"] })],
    ["a Stop", ({ rig }: LiveRig) => rig.room.safety.stop(rig.person("bob"))],
    ["a pause", ({ rig }: LiveRig) => rig.grant(rig.person("bob"), { to: { user: "ann" }, paused: true })],
  ] as const
) {
  Deno.test(`CO-6, DL-9: after ${what} between the decision of a send and its ring, nothing is handed over`, async () => {
    const rings: Promise<unknown>[] = [];
    const { live, rig, annsPhone, bobsPhone, say } = await contacts((live, hub) => ({
      ring(userId, entry) {
        if (entry === undefined || userId === annsPhone.caller.userId) return hub.ring(userId, entry);
        rings.push(change(live()).then(() => hub.ring(userId, entry)));
      },
    }));
    await using _ = live;
    await say("late");
    await Promise.all(rings);
    await rig.rest();
    assert.equal(rings.length, 1, "it was to be handed over");
    assert.deepEqual([told(annsPhone), told(bobsPhone)], [["late"], []]);
  });
}

Deno.test("CO-6: the ring of one's own message is not handed to devices of a person who stopped", async () => {
  const { live, rig, ann, annsPhone, bobsPhone, say } = await contacts();
  await using _ = live;
  await rig.room.safety.stop(ann);
  await say("while stopped");
  assert.deepEqual([told(annsPhone), told(bobsPhone)], [[], ["while stopped"]]);
  await rig.room.safety.resume(ann);
  await rig.rest();
  assert.deepEqual(told(annsPhone), ["while stopped"]);
});
