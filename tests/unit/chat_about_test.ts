import assert from "node:assert/strict";
import { chatDraft } from "../../lib/protocol/mod.ts";
import { openChatSteps, quietNow } from "../fakes/chat_steps.ts";
import { kindOf, taken } from "../fakes/command_rig.ts";

type World = Awaited<ReturnType<typeof openChatSteps>>;

const react =
  ({ steps }: World, about: string, reaction: "👍" | "😂") =>
  ({ from, to }: { from: World["ann"]; to: World["ann"] }) => steps.say(from, to, "", { about, reaction });

async function reactionsTo(world: World, messageId: string, reader: World["ann"], other: World["ann"]) {
  const { messages } = await world.steps.page(reader, other);
  return messages.find(({ id }) => id === messageId)?.reactions?.map((
    { from, reaction },
  ) => [from, reaction]);
}

Deno.test("CH-1: a reaction is with its message for both sides, the latest of each person, and no message of the page", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "look");
  await steps.read(bob, ann);
  await react(world, id, "👍")({ from: bob, to: ann });
  const last = await react(world, id, "😂")({ from: bob, to: ann });
  await react(world, id, "👍")({ from: ann, to: bob });
  const both = [["bob", "😂"], ["ann", "👍"]].sort();
  for (const [reader, other] of [[ann, bob], [bob, ann]] as const) {
    assert.deepEqual((await reactionsTo(world, id, reader, other))?.sort(), both);
    assert.deepEqual(await steps.read(reader, other), ["look"]);
    assert.equal(taken(await rig.chat.talks(reader)).talks[0]?.last.id, id);
  }
  // Devices get it as a message, with itself as its text.
  assert.ok((await rig.takeChat(ann)).includes("😂"));
  taken(await rig.chat.retract(bob, { id: last.id }));
  assert.deepEqual(await reactionsTo(world, id, ann, bob), [["ann", "👍"]]);
});

Deno.test("CH-4: a reaction asks the rules as any message: it is withheld, held, and counts as nothing unread", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const first = await steps.say(ann, bob, "one");
  await steps.read(bob, ann);
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  await react(world, first.id, "👍")({ from: bob, to: ann });
  assert.deepEqual(await reactionsTo(world, first.id, bob, ann), [["bob", "👍"]]);
  await rig.prefer(ann, { blockedUsers: [] });
  assert.equal(await reactionsTo(world, first.id, ann, bob), undefined);
  await rig.prefer(ann, { quietHours: quietNow(rig.clock.now()) });
  await react(world, first.id, "😂")({ from: bob, to: ann });
  assert.equal(await reactionsTo(world, first.id, ann, bob), undefined);
  await rig.prefer(ann, { quietHours: null });
  assert.deepEqual(await reactionsTo(world, first.id, ann, bob), [["bob", "😂"]]);
  assert.deepEqual(taken(await rig.chat.talks(ann)).unread, 0);
  assert.deepEqual(await rig.chat.counts(ann), { unread: 0 });
});

Deno.test("CH-1: what a message is about must be in the talk, there for its sender, and no reaction", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  rig.connect(bob, cleo);
  const { id } = await steps.say(ann, bob, "one");
  const elsewhere = await steps.say(cleo, bob, "two");
  const about = (from: World["ann"], to: World["ann"], other: string) =>
    rig.chat.send(from, steps.draft(to, "x", { about: other }));
  // Bob has not got the message yet.
  assert.equal(kindOf(await about(bob, ann, id)), "not_found");
  await steps.read(bob, ann);
  await steps.read(bob, cleo);
  assert.equal(kindOf(await about(bob, ann, id)), "taken");
  assert.equal(kindOf(await about(bob, ann, elsewhere.id)), "not_found");
  assert.equal(kindOf(await about(cleo, bob, id)), "not_found");
  const reaction = await react(world, id, "👍")({ from: bob, to: ann });
  assert.equal(kindOf(await about(bob, ann, reaction.id)), "not_found");
  taken(await rig.chat.retract(ann, { id }));
  assert.equal(kindOf(await about(bob, ann, id)), "not_found");
  const alone = { key: "k", to: "ann", reaction: "👍" };
  for (const wrong of [alone, { ...alone, about: id, body: "x" }, { ...alone, about: id, reaction: "x" }]) {
    assert.equal(chatDraft.safeParse(wrong).success, false);
  }
});

Deno.test("CH-1: a quoted message that is not in the page comes with it, and is gone when it was taken back", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "first");
  await steps.say(ann, bob, "second");
  await steps.read(bob, ann);
  await steps.say(bob, ann, "about the first", { about: id });
  const page = await steps.page(ann, bob, { limit: 1 });
  assert.deepEqual(page.messages.map(({ about }) => about), [id]);
  assert.deepEqual(page.quoted?.map(({ body }) => body), ["first"]);
  assert.equal((await steps.page(ann, bob)).quoted, undefined);
  taken(await rig.chat.retract(ann, { id }));
  assert.deepEqual((await steps.page(ann, bob, { limit: 1 })).quoted?.map(({ body }) => body), [""]);
});

Deno.test("CH-2: search finds both sides' words in all talks or in one, folded, page by page, and nothing that is withheld, held or gone", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  rig.connect(ann, cleo);
  await steps.say(ann, bob, "The CAFÉ at noon");
  await steps.say(bob, ann, "which cafe?");
  const gone = await steps.say(bob, ann, "cafe, no");
  await steps.say(cleo, ann, "Café, again");
  await steps.read(ann, bob);
  await steps.read(ann, cleo);
  taken(await rig.chat.retract(bob, { id: gone.id }));
  await rig.prefer(ann, { quietHours: quietNow(rig.clock.now()) });
  await steps.say(bob, ann, "cafe, held");
  const found = async (params: { with?: string; before?: string; limit?: number } = {}) =>
    taken(await rig.chat.search(ann, { q: "cafe", ...params }));
  const bodies = ["Café, again", "which cafe?", "The CAFÉ at noon"];
  assert.deepEqual((await found()).messages.map(({ body }) => body), bodies);
  assert.deepEqual((await found({ with: "bob" })).messages.map(({ body }) => body), bodies.slice(1));
  const first = await found({ limit: 2 });
  assert.deepEqual(first.messages.map(({ body }) => body), bodies.slice(0, 2));
  const rest = await found({ limit: 2, before: first.next! });
  assert.deepEqual([rest.messages.map(({ body }) => body), rest.next], [bodies.slice(2), null]);
  await rig.prefer(ann, { blockedUsers: ["cleo"] });
  assert.deepEqual((await found()).messages.map(({ body }) => body), bodies.slice(1));
  // Bob has his own words, and not what Ann did not let him have of others.
  assert.deepEqual(taken(await rig.chat.search(bob, { q: "again" })).messages, []);
});

Deno.test("CH-2: a search looks through so much text at a time, and goes on where it ended", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "fern");
  // Each of these letters is eighteen once it is folded.
  for (let count = 0; count < 5; count++) await steps.say(ann, bob, "\ufdfa".repeat(4000));
  const first = taken(await rig.chat.search(ann, { q: "fern" }));
  assert.deepEqual(first.messages, []);
  const rest = taken(await rig.chat.search(ann, { q: "fern", before: first.next! }));
  assert.deepEqual([rest.messages.map(({ body }) => body), rest.next], [["fern"], null]);
});

Deno.test("CH-3, UI-12: a talk makes the noise that its person chose, in the menu and for notifications", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(bob, ann, "hello");
  assert.deepEqual(await rig.chat.counts(ann), { unread: 1 });
  const rings = async () => {
    const [entry] = (await rig.chat.log.after(ann.userId, null, 100)).slice(-1);
    const [talk] = (await rig.chat.log.alerts(ann.userId, [entry!])).values();
    return talk !== undefined && (await rig.chat.log.unreadIn(ann.userId, [talk.talkId])).size === 1;
  };
  assert.equal(await rings(), true);
  const choose = async (notify: "all" | "mentions" | "none") =>
    taken(await rig.chat.notify(ann, { with: "bob", notify }));
  for (const notify of ["mentions", "none"] as const) {
    await choose(notify);
    assert.equal((await steps.page(ann, bob)).notify, notify);
    await steps.say(bob, ann, "anything");
    assert.deepEqual(await rig.chat.counts(ann), { unread: 0 });
    assert.equal(await rings(), false);
  }
  await choose("mentions");
  await steps.say(bob, ann, "Dear ÁNN, please");
  assert.deepEqual(await rig.chat.counts(ann), { unread: 1 });
  assert.equal(await rings(), true);
  // The thread of a command is as the talk with its person, unless something was chosen for it.
  const { id } = await rig.send(bob, ann);
  await rig.take(ann);
  await choose("none");
  await steps.say(bob, id, "on the thread");
  assert.deepEqual(await rig.chat.counts(ann), { unread: 0 });
  taken(await rig.chat.notify(ann, { thread: id, notify: "all" }));
  assert.deepEqual(await rig.chat.counts(ann), { unread: 1 });
  await choose("all");
  assert.deepEqual(await rig.chat.counts(ann), { unread: 5 });
  const upTo = (await steps.page(ann, bob)).messages.at(-1)!.id;
  taken(await rig.chat.read(ann, { with: "bob", upTo }));
  assert.deepEqual(await rig.chat.counts(ann), { unread: 1 });
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  assert.deepEqual(await rig.chat.counts(ann), { unread: 0 });
});
