import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { openChatSteps } from "../fakes/chat_steps.ts";
import { kindOf, taken } from "../fakes/command_rig.ts";

Deno.test("CH-1: sender and recipient of a command talk on its thread, apart from their other talk", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await rig.send(ann, bob, { title: "Wash up" });
  await rig.take(bob);
  await steps.say(ann, id, "With soap");
  await steps.say(bob, id, "Of course");
  await steps.say(bob, ann, "Hello");
  assert.deepEqual(await steps.read(ann, id), ["With soap", "Of course"]);
  assert.deepEqual(await steps.read(bob, id), ["With soap", "Of course"]);
  assert.deepEqual(await steps.read(bob, ann), ["Hello"]);
  const { talks } = taken(await rig.chat.talks(ann));
  assert.deepEqual(talks.map(({ thread, title }) => [thread, title]), [[null, null], [id, "Wash up"]]);
});

Deno.test("CH-1: each recipient of a command has a thread of their own with its sender", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  rig.connect(ann, cleo);
  const { id } = await rig.send(ann, [bob, cleo]);
  for (const who of [bob, cleo]) await rig.take(who);
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(id, "who?"))), "invalid_params");
  await steps.say(ann, id, "for bob", { to: "bob" });
  await steps.say(cleo, id, "from cleo");
  assert.deepEqual(await steps.read(bob, id), ["for bob"]);
  assert.deepEqual(await steps.read(cleo, id), ["from cleo"]);
  const dora = rig.person("dora");
  assert.equal(kindOf(await rig.chat.send(dora, steps.draft(id, "x"))), "not_found");
  assert.equal(kindOf(await rig.chat.send(ann, { ...steps.draft(id, "x"), to: "dora" })), "not_found");
});

Deno.test("CH-1: members of a group talk with the sender of its command, who need not be a contact", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, cleo } = world;
  rig.join(ann, "flat", "owner");
  rig.join(cleo, "flat");
  rig.clock.advance(1000);
  const { id } = await rig.broadcast(ann, { kind: "group", group: "flat" });
  await rig.take(cleo);
  await steps.say(ann, id, "please", { to: "cleo" });
  await steps.say(cleo, id, "done");
  assert.deepEqual(await steps.read(cleo, id), ["please", "done"]);
  assert.deepEqual(taken(await rig.chat.list(ann, { thread: id, with: "cleo" })).messages.length, 2);
  // Who left the group gets no more of its sender's texts.
  rig.leave(cleo, "flat");
  assert.equal(kindOf(await rig.chat.send(ann, { ...steps.draft(id, "x"), to: "cleo" })), "not_found");
});

Deno.test("CH-1: a command to everyone has no thread", async () => {
  await using world = await openChatSteps();
  const { rig, steps, bob } = world;
  const admin = rig.person("root", "admin");
  const { id } = await rig.broadcast(admin, { kind: "all" });
  await rig.take(bob);
  assert.equal(kindOf(await rig.chat.send(bob, steps.draft(id, "x"))), "forbidden");
  assert.equal(kindOf(await rig.chat.send(admin, { ...steps.draft(id, "x"), to: "bob" })), "forbidden");
});

Deno.test("CO-3: on the thread of a withheld command nothing arrives, and its sender sees no difference", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.prefer(bob, { categories: { general: "block" } });
  const { id } = await rig.send(ann, bob);
  await steps.say(ann, id, "hello?");
  assert.equal(kindOf(await rig.chat.list(bob, { thread: id })), "not_found");
  await rig.prefer(bob, { categories: { general: "allow" } });
  assert.equal(kindOf(await rig.chat.list(bob, { thread: id })), "not_found");
  assert.deepEqual(taken(await rig.chat.talks(bob)).talks, []);
  assert.deepEqual(await steps.read(ann, id), ["hello?"]);
});

Deno.test("CO-2: the sender's messages on a sealed command show once it is opened", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.prefer(bob, { categories: { general: "ask" } });
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await steps.say(ann, id, "secret");
  const { messages: [message] } = await steps.page(bob, id);
  assert.deepEqual([message?.sealed, message?.body], [true, ""]);
  assert.equal(JSON.stringify(taken(await rig.chat.talks(bob))).includes("secret"), false);
  taken(await rig.room.transitions.update(bob, { id, state: "seen" }));
  assert.deepEqual(await steps.read(bob, id), ["secret"]);
});

Deno.test("CH-4: a reply reaches the sender of the command whatever acceptFrom says, but not past a block", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await rig.prefer(ann, { acceptFrom: "nobody" });
  await steps.say(bob, id, "done");
  assert.deepEqual(await steps.read(ann, id), ["done"]);
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  await steps.say(bob, id, "and now?");
  assert.deepEqual(await steps.read(ann, id), ["done"]);
});

Deno.test("CM-8: nobody writes about a command that was not delivered yet", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const deliverAt = new Date(rig.clock.now() + 1000).toISOString();
  const { id } = await rig.send(ann, bob, { deliverAt });
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(id, "soon"))), "conflict");
  assert.equal(kindOf(await rig.chat.send(bob, steps.draft(id, "soon"))), "not_found");
});

Deno.test("MO-7: a limited person writes on threads of contacts only", async () => {
  const refusal = new Refusal("forbidden", "send.failed");
  await using world = await openChatSteps({ limited: (userId) => userId.includes("CLEO") ? refusal : null });
  const { rig, steps, ann, cleo } = world;
  rig.join(ann, "flat", "owner");
  rig.join(cleo, "flat");
  rig.clock.advance(1000);
  const { id } = await rig.broadcast(ann, { kind: "group", group: "flat" });
  await rig.take(cleo);
  assert.equal(kindOf(await rig.chat.send(cleo, steps.draft(id, "x"))), "forbidden");
  rig.connect(ann, cleo);
  await steps.say(cleo, id, "as a contact");
});
