import assert from "node:assert/strict";
import { openChatSteps, quietNow } from "../fakes/chat_steps.ts";
import { dayMs, taken } from "../fakes/command_rig.ts";

Deno.test("CH-1, DL-3: each device of both sides gets a message once, in order, and commands between them", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "one");
  const { id } = await rig.send(ann, bob);
  await steps.say(bob, ann, "two");
  const { deliveries, messages } = await rig.readInbox(bob);
  assert.ok(messages[0]!.cursor < deliveries[0]!.cursor && deliveries[0]!.cursor < messages[1]!.cursor);
  assert.equal(deliveries[0]!.command.id, id);
  for (const who of [ann, bob]) {
    for (const device of ["phone", "desktop"]) {
      assert.deepEqual(await rig.takeChat(who, device), ["one", "two"]);
      assert.deepEqual(await rig.takeChat(who, device), []);
    }
  }
});

Deno.test("DL-9: what was not acknowledged is decided again; what was stays the person's", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "had");
  assert.deepEqual(await rig.takeChat(bob), ["had"]);
  await steps.say(ann, bob, "not had");
  await rig.prefer(bob, { acceptFrom: "nobody" });
  assert.deepEqual(await rig.takeChat(bob), []);
  await rig.prefer(bob, { acceptFrom: "contacts" });
  assert.deepEqual(await rig.takeChat(bob), []);
  assert.deepEqual(await steps.read(bob, ann), ["had"]);
});

Deno.test("DL-9, DL-11, CO-3: what a page withheld before its acknowledgement stays withheld, a message as a command", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "said");
  const sent = await rig.send(ann, bob);
  const { deliveries, messages } = await rig.readInbox(bob);
  assert.deepEqual([messages[0]!.message.id, deliveries[0]!.command.id], [id, sent.id]);
  const listed = async () => taken(await rig.room.history.inboxList(bob, {})).items;
  await rig.prefer(bob, { acceptFrom: "nobody" });
  assert.deepEqual([await steps.read(bob, ann), await listed()], [[], []]);
  await rig.prefer(bob, { acceptFrom: "contacts" });
  await rig.room.inbox.acknowledge(bob.userId, "phone", deliveries[0]!.cursor, [sent.id], [id]);
  assert.deepEqual([await steps.read(bob, ann), await listed()], [[], []]);
  await steps.say(ann, bob, "next");
  assert.deepEqual(await steps.read(bob, ann), ["next"]);
  assert.deepEqual(await rig.takeChat(bob, "new"), ["next"]);
});

Deno.test("DL-9: a device that catches up later takes nothing back that another one had", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const first = await steps.say(ann, bob, "one");
  await steps.say(ann, bob, "two");
  assert.deepEqual(await rig.takeChat(bob, "phone"), ["one", "two"]);
  await rig.chat.flush();
  const { messages: [slow] } = await rig.readInbox(bob);
  assert.equal(slow!.message.id, first.id);
  await rig.room.inbox.acknowledge(bob.userId, "laptop", slow!.cursor, [], [first.id]);
  await rig.chat.flush();
  await rig.prefer(bob, { acceptFrom: "nobody" });
  assert.deepEqual(await steps.read(bob, ann), ["one", "two"]);
});

Deno.test("CO-3: a withheld message is in no log of its recipient, and in its sender's like any other", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  await steps.say(ann, bob, "unwanted");
  assert.deepEqual(await rig.takeChat(bob), []);
  await rig.prefer(bob, { blockedUsers: [] });
  assert.deepEqual(await rig.takeChat(bob, "new"), []);
  assert.deepEqual(await rig.takeChat(ann), ["unwanted"]);
});

Deno.test("CO-4: quiet hours stop the log at a message, and it comes when they end", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.prefer(bob, { quietHours: quietNow(rig.clock.now()) });
  await steps.say(ann, bob, "later");
  const { held, messages } = await rig.readInbox(bob);
  assert.deepEqual(messages, []);
  assert.ok(typeof held?.untilMs === "number");
  rig.clock.advance(held.untilMs - rig.clock.now());
  assert.deepEqual(await rig.takeChat(bob), ["later"]);
});

Deno.test("CO-6: a stopped person's devices get nothing; it comes after Resume, on each once", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "before");
  await rig.room.safety.stop(bob);
  await steps.say(ann, bob, "during");
  assert.deepEqual(await rig.takeChat(bob), []);
  taken(await rig.room.safety.resume(bob));
  assert.deepEqual(await rig.takeChat(bob), ["before", "during"]);
});

Deno.test("CO-12: a paused contact's messages let others pass, and come in order once on each device after the pause", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  rig.connect(cleo, bob);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  await steps.say(ann, bob, "ann 1");
  await steps.say(cleo, bob, "cleo 1");
  assert.deepEqual(await rig.takeChat(bob), ["cleo 1"]);
  await steps.say(ann, bob, "ann 2");
  assert.deepEqual(await rig.takeChat(bob), []);
  await steps.say(ann, bob, "ann 3");
  taken(await rig.grants.end(bob, { id: "user:ann" }));
  assert.deepEqual(await rig.takeChat(bob), ["ann 1", "ann 2", "ann 3"]);
  assert.deepEqual(await rig.takeChat(bob), []);
  await steps.say(ann, bob, "ann 4");
  assert.deepEqual(await rig.takeChat(bob), ["ann 4"]);
  // Its places are at the end now; the message of the other one is where it was.
  assert.deepEqual(await rig.takeChat(bob, "new"), ["cleo 1", "ann 1", "ann 2", "ann 3", "ann 4"]);
  assert.deepEqual(await steps.read(bob, ann), ["ann 1", "ann 2", "ann 3", "ann 4"]);
});

Deno.test("CO-12: a message that waits behind a pause and is blocked then never arrives", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  await steps.say(ann, bob, "never");
  assert.deepEqual(await rig.takeChat(bob), []);
  taken(await rig.grants.end(bob, { id: "user:ann" }));
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await rig.takeChat(bob), []);
  await rig.prefer(bob, { blockedUsers: [] });
  assert.deepEqual(await rig.takeChat(bob), []);
});

Deno.test("CH-3: a message that is taken back tells every device, also one that never had its text", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "secret");
  assert.deepEqual(await rig.takeChat(bob), ["secret"]);
  taken(await rig.chat.retract(ann, { id }));
  assert.deepEqual(await rig.takeChat(bob), ["(retracted)"]);
  assert.ok((await rig.takeChat(bob, "new")).every((text) => text === "(retracted)"));
  assert.deepEqual(await rig.takeChat(ann), ["(retracted)", "(retracted)"]);
});

Deno.test("WS-10: a device that does not show chat gets none, and its commands go on", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "hello");
  const { id } = await rig.send(ann, bob);
  const { deliveries, messages } = await rig.readInbox(bob, null, new Set(["message"]));
  assert.deepEqual([deliveries.map(({ command }) => command.id), messages], [[id], []]);
});

Deno.test("CH-2: a message that is too old is not delivered", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "old");
  rig.clock.advance(14 * dayMs);
  assert.deepEqual(await rig.takeChat(bob), []);
});

Deno.test("UI-12: a person without a connection is told of a message, when their rules let it through", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const alerts = async () => {
    const entries = await rig.chat.log.after(bob.userId, null, 10);
    return [...(await rig.chat.log.alerts(bob.userId, entries)).values()];
  };
  assert.deepEqual(await alerts(), []);
  await rig.prefer(bob, { quietHours: quietNow(rig.clock.now()) });
  await steps.say(ann, bob, "later");
  const [held = assert.fail()] = await alerts();
  assert.ok(held.verdict === "hold" && held.untilMs !== null);
  rig.clock.advance(held.untilMs - rig.clock.now());
  assert.deepEqual((await alerts()).map(({ verdict, from }) => [verdict, from]), [["tell", "ann"]]);
  await rig.takeChat(bob);
  assert.equal((await alerts()).length, 1, "a device has it, and nobody has read it");
  const [{ id: upTo } = assert.fail()] = taken(await rig.chat.list(bob, { with: "ann" })).messages;
  taken(await rig.chat.read(bob, { with: "ann", upTo }));
  assert.deepEqual(await alerts(), []);
});
