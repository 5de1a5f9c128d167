import assert from "node:assert/strict";
import { openChatSteps } from "../fakes/chat_steps.ts";

/** Bob's phone passed the first of Ann's messages while he paused her; the second one is read by nothing yet. */
async function pausedAndPassed() {
  const world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  await steps.say(ann, bob, "one");
  assert.deepEqual(await rig.takeChat(bob), []);
  await steps.say(ann, bob, "two");
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  return world;
}

Deno.test("DL-5, CO-12: what a page showed comes to devices in its order, also when an earlier message was held apart", async () => {
  await using world = await pausedAndPassed();
  const { rig, steps, ann, bob } = world;
  assert.deepEqual(await steps.read(bob, ann), ["one", "two"]);
  for (const device of ["phone", "desktop"]) {
    assert.deepEqual(await rig.takeChat(bob, device), ["one", "two"]);
  }
  for (const device of ["phone", "desktop"]) assert.deepEqual(await rig.takeChat(bob, device), []);
});

Deno.test("DL-5, CO-12: the same when a pause begins again before a device read it", async () => {
  await using world = await pausedAndPassed();
  const { rig, steps, ann, bob } = world;
  assert.deepEqual(await steps.read(bob, ann), ["one", "two"]);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  // His own messages wait for nothing.
  await steps.say(bob, ann, "his own");
  for (const device of ["phone", "desktop"]) assert.deepEqual(await rig.takeChat(bob, device), ["his own"]);
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  for (const device of ["phone", "desktop"]) {
    assert.deepEqual(await rig.takeChat(bob, device), ["one", "two"]);
  }
});

Deno.test("DL-9, CO-12: a block takes nothing back that a page showed while devices held it apart", async () => {
  await using world = await pausedAndPassed();
  const { rig, steps, ann, bob } = world;
  assert.deepEqual(await steps.read(bob, ann), ["one", "two"]);
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await rig.takeChat(bob), []);
  await rig.prefer(bob, { blockedUsers: [] });
  assert.deepEqual(await steps.read(bob, ann), ["one", "two"]);
  assert.deepEqual(await rig.takeChat(bob, "new"), ["one", "two"]);
});

Deno.test("DL-3, CO-12: a pause does not hold apart what a device was handed and has not acknowledged", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  await steps.say(ann, bob, "one");
  const { messages: [one] } = await rig.readInbox(bob);
  rig.room.inbox.handed(bob.userId, [one!.message.id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  assert.deepEqual(await rig.takeChat(bob, "desktop"), ["one"]);
  await rig.room.inbox.acknowledge(bob.userId, "phone", one!.cursor, [], [one!.message.id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  for (const device of ["phone", "desktop"]) assert.deepEqual(await rig.takeChat(bob, device), []);
});
