import assert from "node:assert/strict";
import { limits, type PreferencesChange, Refusal } from "../../lib/protocol/mod.ts";
import { openChatSteps, quietNow, textsOf } from "../fakes/chat_steps.ts";
import { dayMs, kindOf, taken } from "../fakes/command_rig.ts";

Deno.test("CH-1: contacts write to each other, and both read the same in the same order", async () => {
  await using world = await openChatSteps();
  const { steps, ann, bob } = world;
  await steps.say(ann, bob, "one");
  await steps.say(bob, ann, "two");
  await steps.say(ann, bob, "three");
  assert.deepEqual(await steps.read(ann, bob), ["one", "two", "three"]);
  assert.deepEqual(await steps.read(bob, ann), ["one", "two", "three"]);
});

Deno.test("CH-1: a stranger, oneself and nobody are refused, each with its reason", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, cleo } = world;
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(cleo, "x"))), "forbidden");
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(ann, "x"))), "conflict");
  const nobody = { ...steps.draft(cleo, "x"), to: "nobody" };
  assert.equal(kindOf(await rig.chat.send(ann, nobody)), "not_found");
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(cleo, "  "))), "invalid_params");
});

Deno.test("CH-1: the same key gets the same message; with other content it is a conflict", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const draft = steps.draft(bob, "once");
  const [first, second] = await Promise.all([rig.chat.send(ann, draft), rig.chat.send(ann, draft)]);
  assert.deepEqual(taken(second), taken(first));
  assert.deepEqual(await steps.read(bob, ann), ["once"]);
  assert.equal(kindOf(await rig.chat.send(ann, { ...draft, body: "other" })), "conflict");
  rig.clock.advance(dayMs + 1);
  await steps.say(ann, bob, "later");
  assert.notEqual(taken(await rig.chat.send(ann, draft)).message.id, taken(first).message.id);
});

Deno.test("DL-5: messages of one person have the order of their calls", async () => {
  await using world = await openChatSteps();
  const { steps, ann, bob } = world;
  const words = Array.from({ length: 20 }, (_, n) => String(n));
  await Promise.all(words.map((word) => steps.say(ann, bob, word)));
  assert.deepEqual(await steps.read(bob, ann), words);
});

Deno.test("CH-2: a message is gone after 14 days, also before the store drops it", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "old");
  rig.clock.advance(13 * dayMs);
  assert.deepEqual(await steps.read(bob, ann), ["old"]);
  rig.clock.advance(dayMs);
  assert.deepEqual(await steps.read(bob, ann), []);
  assert.deepEqual(await steps.read(ann, bob), []);
  assert.deepEqual(taken(await rig.chat.talks(ann)), { talks: [], unread: 0 });
});

Deno.test("CH-1: a long talk is paged backwards without gaps", async () => {
  await using world = await openChatSteps();
  const { steps, ann, bob } = world;
  for (let n = 0; n < 7; n++) await steps.say(ann, bob, String(n));
  const found: string[] = [];
  let before: string | undefined;
  while (true) {
    const page = await steps.page(bob, ann, { limit: 3, ...(before === undefined ? {} : { before }) });
    found.unshift(...textsOf(page));
    if (page.next === null) break;
    before = page.next;
  }
  assert.deepEqual(found, ["0", "1", "2", "3", "4", "5", "6"]);
});

const withholding: Record<string, PreferencesChange> = {
  "a blocked sender": { blockedUsers: ["ann"] },
  "acceptFrom nobody": { acceptFrom: "nobody" },
};
const allowing: PreferencesChange = { blockedUsers: [], acceptFrom: "contacts" };

for (const [name, change] of Object.entries(withholding)) {
  Deno.test(`CH-4: ${name} gets a message to nobody, for good`, async () => {
    await using world = await openChatSteps();
    const { rig, steps, ann, bob } = world;
    await rig.prefer(bob, change);
    await steps.say(ann, bob, "unwanted");
    assert.deepEqual(await steps.read(bob, ann), []);
    await rig.prefer(bob, allowing);
    assert.deepEqual(await steps.read(bob, ann), []);
    assert.deepEqual(await steps.read(ann, bob), ["unwanted"]);
    await steps.say(ann, bob, "wanted");
    assert.deepEqual(await steps.read(bob, ann), ["wanted"]);
  });

  Deno.test(`DL-9: ${name} between send and delivery withholds what was not delivered, and that alone`, async () => {
    await using world = await openChatSteps();
    const { rig, steps, ann, bob } = world;
    await steps.say(ann, bob, "read before");
    assert.deepEqual(await steps.read(bob, ann), ["read before"]);
    await steps.say(ann, bob, "unwanted");
    await rig.prefer(bob, change);
    assert.deepEqual(await steps.read(bob, ann), ["read before"]);
    await rig.prefer(bob, allowing);
    assert.deepEqual(await steps.read(bob, ann), ["read before"]);
  });
}

Deno.test("CH-4: people whom one blocks are not in one's list of talks", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "hello");
  assert.equal(taken(await rig.chat.talks(bob)).unread, 1);
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(taken(await rig.chat.talks(bob)), { talks: [], unread: 0 });
  assert.equal(taken(await rig.chat.talks(ann)).talks.length, 1);
});

Deno.test("CO-4: quiet hours hold messages, say until when, and lose none", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.prefer(bob, { quietHours: quietNow(rig.clock.now()) });
  await steps.say(ann, bob, "later");
  const page = await steps.page(bob, ann);
  assert.deepEqual(page.messages, []);
  assert.ok(page.held?.until);
  rig.clock.advance(Date.parse(page.held.until) - rig.clock.now());
  assert.deepEqual(await steps.read(bob, ann), ["later"]);
});

Deno.test("CO-12: a paused contact's messages wait until the pause ends", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  await steps.say(ann, bob, "waits");
  assert.deepEqual(await steps.read(bob, ann), []);
  taken(await rig.grants.end(bob, { id: "user:ann" }));
  assert.deepEqual(await steps.read(bob, ann), ["waits"]);
});

Deno.test("CO-6: while stopped nothing of a talk arrives; what was read stays, and the rest comes after Resume", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "before");
  await steps.read(bob, ann);
  await rig.room.safety.stop(bob);
  await steps.say(ann, bob, "during");
  assert.deepEqual(await steps.read(bob, ann), ["before"]);
  assert.equal(taken(await rig.chat.talks(bob)).talks[0]?.last.body, "before");
  taken(await rig.room.safety.resume(bob));
  assert.deepEqual(await steps.read(bob, ann), ["before", "during"]);
});

Deno.test("DL-7: more messages to one person than are kept are refused", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  await steps.say(ann, bob, "first");
  const entry = await rig.store.kv.list({ prefix: ["chat_sent", ann.userId] }).next();
  const [[day]] = entry.value!.value as [[number, number]];
  const full = { key: entry.value!.key, value: [[day, limits.chatFromOne]] };
  await rig.store.committer.commit({ sets: [full] });
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(bob, "too many"))), "queue_full");
  rig.clock.advance(14 * dayMs);
  await steps.say(ann, bob, "two weeks later");
});

Deno.test("WS-9: a person sends twice as many messages a minute as commands", async () => {
  await using world = await openChatSteps({ sendsPerMinute: 2 });
  const { rig, steps, ann, bob } = world;
  for (let n = 0; n < 4; n++) await steps.say(ann, bob, String(n));
  const draft = steps.draft(bob, "too fast");
  assert.equal(kindOf(await rig.chat.send(ann, draft)), "rate_limited");
  rig.clock.advance(60_000);
  taken(await rig.chat.send(ann, draft));
});

Deno.test("MO-2: a muted person cannot write; a message that was answered before keeps its answer", async () => {
  let muted = false;
  const refusal = new Refusal("forbidden", "send.failed");
  await using world = await openChatSteps({ muted: () => muted ? refusal : null });
  const { rig, steps, ann, bob } = world;
  const draft = steps.draft(bob, "before");
  const first = taken(await rig.chat.send(ann, draft));
  muted = true;
  assert.deepEqual(taken(await rig.chat.send(ann, draft)), first);
  assert.equal(kindOf(await rig.chat.send(ann, steps.draft(bob, "after"))), "forbidden");
});

Deno.test("CH-3: a message is taken back for both within 10 minutes, with a mark; its text is gone from the store", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "oops secret");
  await steps.read(bob, ann);
  assert.equal(kindOf(await rig.chat.retract(bob, { id })), "forbidden");
  rig.clock.advance(limits.retractMs - 1);
  const { message } = taken(await rig.chat.retract(ann, { id }));
  assert.deepEqual([message.body, message.retractedAt === null], ["", false]);
  assert.deepEqual(taken(await rig.chat.retract(ann, { id })).message, message);
  assert.deepEqual(await steps.read(bob, ann), ["(retracted)"]);
  for await (const { value } of rig.store.kv.list({ prefix: [] })) {
    assert.ok(
      !JSON.stringify(value, (_, one) => typeof one === "bigint" ? String(one) : one).includes("oops"),
    );
  }
});

Deno.test("CH-3: after 10 minutes a message stays", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const { id } = await steps.say(ann, bob, "stays");
  rig.clock.advance(limits.retractMs);
  assert.equal(kindOf(await rig.chat.retract(ann, { id })), "expired");
  assert.deepEqual(await steps.read(bob, ann), ["stays"]);
});

Deno.test("CH-3: read marks show only where both show theirs; unread messages are counted", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const first = await steps.say(ann, bob, "one");
  const second = await steps.say(ann, bob, "two");
  assert.equal(taken(await rig.chat.talks(bob)).unread, 2);
  const read = (upTo: string) => rig.chat.read(bob, { with: "ann", upTo });
  assert.deepEqual(taken(await read(first.id)), { readUpTo: first.id });
  assert.equal(taken(await rig.chat.talks(bob)).unread, 1);
  assert.deepEqual(steps.heard(ann), []);
  assert.deepEqual(steps.heard(bob), [{ with: "ann", thread: null, readUpTo: first.id }]);
  await rig.prefer(bob, { shareRead: true });
  await read(first.id);
  assert.deepEqual(steps.heard(ann), []);
  await rig.prefer(ann, { shareRead: true });
  await read(second.id);
  assert.deepEqual(steps.heard(ann), [{ with: "bob", thread: null, theirReadUpTo: second.id }]);
  assert.equal((await steps.page(ann, bob)).theirReadUpTo, second.id);
  assert.equal((await steps.page(bob, ann)).readUpTo, second.id);
  // A mark never goes back.
  assert.deepEqual(taken(await read(first.id)), { readUpTo: second.id });
});

Deno.test("CH-3: is writing shows only where both show it, and not to someone who is stopped", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  const write = async () => taken(await rig.chat.writing(ann, { with: "bob" }));
  await write();
  await rig.prefer(ann, { shareWriting: true });
  await write();
  assert.deepEqual(steps.heard(bob), []);
  await rig.prefer(bob, { shareWriting: true });
  await write();
  await write();
  assert.deepEqual(steps.heard(bob), [{ with: "ann", thread: null, writing: true }]);
  await rig.room.safety.stop(bob);
  rig.clock.advance(dayMs);
  await write();
  assert.equal(steps.heard(bob).length, 1);
  assert.equal(kindOf(await rig.chat.writing(ann, { with: cleo.username })), "forbidden");
});

Deno.test("CH-1: nobody reads or changes the talk of others", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob, cleo } = world;
  const { id } = await steps.say(ann, bob, "ours");
  assert.deepEqual(await steps.read(cleo, ann), []);
  assert.equal(kindOf(await rig.chat.retract(cleo, { id })), "not_found");
  assert.equal(kindOf(await rig.chat.read(cleo, { with: "ann", upTo: id })), "not_found");
  assert.equal(kindOf(await rig.chat.list(cleo, { with: "ann", before: id })), "not_found");
  assert.equal(kindOf(await rig.chat.around(cleo, id, 5)), "not_found");
});

Deno.test("CH-4: a report quotes the messages around the one that it is about", async () => {
  await using world = await openChatSteps();
  const { rig, steps, ann, bob } = world;
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.push((await steps.say(ann, bob, String(n))).id);
  await steps.read(bob, ann);
  const quoted = taken(await rig.chat.around(bob, ids[2]!, 1));
  assert.deepEqual(quoted.map(({ body }) => body), ["1", "2", "3"]);
});
