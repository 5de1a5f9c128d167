import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { SentKey } from "../../lib/commands/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { type CommandDraft, english, Refusal } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob, sender: rig.room.sender };
}

Deno.test("CM-1: the same key with the same content is one command and one answer", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob, { data: { a: 1, b: { c: 2, d: 3 } } });
  const first = taken(await sender.send(ann, draft));
  rig.clock.advance(5000);
  const again = { ...structuredClone(draft), data: { b: { d: 3, c: 2 }, a: 1 } };
  assert.deepEqual(taken(await sender.send(ann, again)), first);
  assert.equal((await rig.inboxOf(bob)).length, 1);
  assert.equal((await dump(rig.store.kv, ["command"])).length, 1);
});

Deno.test("CM-1: a command without title, body, data and files is not sent, and its audience can be previewed", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const nothing: Partial<CommandDraft>[] = [{ title: undefined, body: undefined }, {
    title: "",
    body: " \n",
  }];
  for (const change of nothing) {
    const draft = rig.draft(bob, change);
    const refused = await sender.send(ann, draft);
    assert.ok(refused instanceof Refusal);
    assert.deepEqual([refused.kind, Object.keys(refused.detail.fields ?? {})], ["invalid_params", ["title"]]);
    assert.equal(kindOf(await sender.preview(ann, draft)), "taken");
  }
  assert.deepEqual(await rig.inboxOf(bob), []);
  const something: Partial<CommandDraft>[] = [{ title: "Now" }, { body: "Now" }, { data: {} }];
  for (const change of something) {
    const draft = rig.draft(bob, { title: "", body: "", ...change });
    assert.equal(kindOf(await sender.send(ann, draft)), "taken", JSON.stringify(change));
  }
});

Deno.test("CM-1: defaults spelled out or left out, and other forms of the same, are the same meaning", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const dueAt = iso(rig.clock.now() + dayMs);
  const draft = rig.draft(bob, { dueAt });
  const first = taken(await sender.send(ann, draft));
  const spelledOut: Partial<CommandDraft>[] = [
    { categories: ["general"] },
    { categories: [] },
    { requires: "none" },
    { deliverAt: null, expiresAt: null },
    { attachments: [] },
    { dueAt: dueAt.replace(".000Z", "+00:00") },
    { audience: { kind: "user", to: ["bob", "bob"] } },
  ];
  for (const same of [...spelledOut, Object.assign({}, ...spelledOut)]) {
    assert.deepEqual(taken(await sender.send(ann, { ...draft, ...same })), first, JSON.stringify(same));
  }
  assert.equal(kindOf(await sender.send(ann, { ...draft, dueAt: null })), "conflict");
  assert.equal((await rig.inboxOf(bob)).length, 1);
});

Deno.test("CM-1: a key of an earlier version, with a digest of the draft as sent, still gets its answer", async () => {
  const { rig, ann, sender } = await twoContacts();
  await using _ = rig;
  const draft: CommandDraft = {
    key: "old",
    audience: { kind: "user", to: ["bob"] },
    kind: "message",
    title: "Old",
  };
  const first = taken(await sender.send(ann, draft));
  const key = keys.sendKey(ann.userId, "old");
  const { value } = await rig.store.kv.get<SentKey>(key);
  // SHA-256 of {"audience":{"kind":"user","to":["bob"]},"kind":"message","title":"Old"}, as base64url.
  await rig.store.kv.set(key, { ...value, digest: "s1ol2R9ypAMYFMJxvhUU45mpbqz9Fn91oKwtMZ9YDm4" });
  assert.deepEqual(taken(await sender.send(ann, draft)), first);
  assert.equal(kindOf(await sender.send(ann, { ...draft, title: "Other" })), "conflict");
});

Deno.test("CM-1: the same key with other content is a conflict, and nothing is sent", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob);
  taken(await sender.send(ann, draft));
  for (
    const change of [{ title: "Other" }, { body: "Other" }, { data: {} }, { requires: "proof" as const }]
  ) {
    assert.equal(kindOf(await sender.send(ann, { ...draft, ...change })), "conflict", JSON.stringify(change));
  }
  assert.equal((await rig.inboxOf(bob)).length, 1);
});

Deno.test("CM-1: a key belongs to its sender", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const eve = rig.person("eve");
  const draft = rig.draft([ann, bob], { key: "same" });
  const one = taken(await sender.send(ann, rig.draft(bob, { key: "same" })));
  const other = taken(await sender.send(eve, draft));
  assert.notEqual(one.command.id, other.command.id);
});

Deno.test("CM-1: sends with one key at the same time make one command, and all hear the same", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => sender.send(ann, at === 5 ? { ...draft, title: "Other" } : draft)),
  );
  const ids = new Set(answers.map((one) => one instanceof Refusal ? one.kind : one.command.id));
  assert.equal(ids.size, 2);
  assert.equal(kindOf(answers[5]), "conflict");
  assert.equal((await dump(rig.store.kv, ["command"])).length, 1);
});

Deno.test("CM-1: two processes with one key make one command", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  await using other = await CommandRig.open({ store: rig.store, clock: rig.clock });
  other.connect(other.person("ann"), other.person("bob"));
  const draft = rig.draft(bob);
  const [one, two] = await Promise.all([sender.send(ann, draft), other.room.sender.send(ann, draft)]);
  assert.deepEqual(taken(one), taken(two));
  assert.equal((await dump(rig.store.kv, ["command"])).length, 1);
});

Deno.test("CM-1: 24 hours later a key is free again, and not a moment before", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob);
  const first = taken(await sender.send(ann, draft));
  rig.clock.advance(dayMs - 1);
  assert.deepEqual(taken(await sender.send(ann, draft)), first);
  rig.clock.advance(1);
  const second = taken(await sender.send(ann, { ...draft, title: "Other" }));
  assert.notEqual(second.command.id, first.command.id);
  assert.deepEqual(taken(await sender.send(ann, { ...draft, title: "Other" })), second);
});

Deno.test("CM-1: a repeat is answered even when the same send would be refused by now", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob, { deliverAt: iso(rig.clock.now() + 60_000) });
  const first = taken(await sender.send(ann, draft));
  rig.clock.advance(120_000);
  assert.deepEqual(taken(await sender.send(ann, draft)), first);
});

Deno.test("CM-1: a refused send does not use the key up", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob, { categories: ["nonsense"] });
  assert.equal(kindOf(await sender.send(ann, draft)), "invalid_params");
  assert.equal(kindOf(await sender.send(ann, { ...draft, categories: ["general"] })), "taken");
});

Deno.test("CM-2: no category is general, a repeat counts once, an unknown one is refused", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  assert.deepEqual((await rig.send(ann, bob)).categories, ["general"]);
  assert.deepEqual((await rig.send(ann, bob, { categories: [] })).categories, ["general"]);
  const twice = await rig.send(ann, bob, { categories: ["feet", "general", "feet"] });
  assert.deepEqual(twice.categories, ["feet", "general"]);
  for (const slug of ["unknown", "constructor"]) {
    assert.equal(kindOf(await sender.send(ann, rig.draft(bob, { categories: [slug] }))), "invalid_params");
  }
});

Deno.test("CM-3: a command object has every field, with null for what was not given", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob, { title: undefined, body: undefined, data: {} });
  assert.equal((await rig.send(ann, bob, { title: undefined })).title, null);
  assert.equal((await rig.send(ann, bob, { body: undefined })).data, null);
  const now = rig.clock.now();
  assert.deepEqual(command, {
    id: command.id,
    kind: "message",
    title: null,
    body: null,
    data: {},
    categories: ["general"],
    attachments: [],
    from: { id: ann.userId, username: "ann", displayName: "ann" },
    audience: { kind: "user" },
    createdAt: iso(now),
    deliverAt: null,
    dueAt: null,
    expiresAt: iso(now + 14 * dayMs),
    requires: "none",
  });
  assert.ok((await rig.send(ann, bob)).id > command.id);
});

Deno.test("BR-1: somebody who does not exist is named, and nobody gets anything", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const draft = rig.draft(bob);
  const answer = await sender.send(ann, { ...draft, audience: { kind: "user", to: ["bob", "nobody-here"] } });
  assert.ok(answer instanceof Refusal);
  assert.equal(answer.kind, "not_found");
  assert.match(english(answer.message), /nobody-here/);
  assert.deepEqual(await rig.inboxOf(bob), []);
});

Deno.test("BR-1, CM-2: files that are not there are refused", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const answer = await sender.send(ann, rig.draft(bob, { attachments: ["0".repeat(26)] }));
  assert.equal(kindOf(answer), "not_found");
  assert.deepEqual(await dump(rig.store.kv, ["command"]), []);
});

Deno.test("CM-8: deliverAt up to 90 days ahead; times that make no sense are refused by name", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const at = (days: number) => iso(rig.clock.now() + days * dayMs);
  const wrong: [Record<string, unknown>, string][] = [
    [{ deliverAt: at(90.001) }, "deliverAt"],
    [{ deliverAt: at(91) }, "deliverAt"],
    [{ deliverAt: at(0) }, "deliverAt"],
    [{ deliverAt: at(-1) }, "deliverAt"],
    [{ dueAt: at(-1) }, "dueAt"],
    [{ deliverAt: at(2), dueAt: at(1) }, "dueAt"],
    [{ expiresAt: at(0) }, "expiresAt"],
    [{ expiresAt: at(14.001) }, "expiresAt"],
    [{ deliverAt: at(2), expiresAt: at(1) }, "expiresAt"],
  ];
  for (const [change, field] of wrong) {
    const answer = await sender.send(ann, rig.draft(bob, change));
    assert.ok(answer instanceof Refusal, JSON.stringify(change));
    assert.equal(answer.kind, "invalid_params");
    assert.deepEqual(Object.keys(answer.detail.fields ?? {}), [field]);
  }
  const good = [{ deliverAt: at(90) }, { expiresAt: at(14) }, { deliverAt: at(90), expiresAt: at(104) }];
  for (const change of good) await rig.send(ann, bob, change);
});

Deno.test("DL-5: what one sender sends at once arrives in call order", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const drafts = Array.from({ length: 60 }, (_, at) => rig.draft(bob, { title: `${at}` }));
  const answers = await Promise.all(drafts.map((draft) => sender.send(ann, draft)));
  const sent = answers.map((answer) => taken(answer).command.id);
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), sent);
  assert.deepEqual(sent, sent.toSorted());
});

Deno.test("DL-4: a send whose write fails throws, and neither the key nor the order is lost", async () => {
  let failing = false;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      accept: (acceptance) => failing ? Promise.reject(new Error("disk full")) : store.accept(acceptance),
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const draft = rig.draft(bob);
  failing = true;
  await assert.rejects(rig.room.sender.send(ann, draft), /disk full/);
  assert.deepEqual(rig.bell.rung, []);
  failing = false;
  const sent = taken(await rig.room.sender.send(ann, draft));
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [sent.command.id]);
});

Deno.test("DL-4: the bell rings after the command is in the store, and not for what nobody gets", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const stranger = rig.person("stranger");
  await rig.send(stranger, bob);
  await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + 1000) });
  assert.deepEqual(rig.bell.rung, []);
  await rig.send(ann, bob);
  assert.deepEqual(rig.bell.rung, [{ what: "ring", userId: bob.userId }]);
});

Deno.test("BR-3: a preview sends nothing; members learn only that somebody exists, an administrator the truth", async () => {
  const { rig, ann, bob, sender } = await twoContacts();
  await using _ = rig;
  const admin = rig.person("admin", "admin");
  const others = Array.from({ length: 5 }, (_, at) => rig.person(`other-${at}`));
  rig.bell.offline.add(bob.userId);
  const one = { matched: 1, excluded: {} };
  assert.deepEqual(await sender.preview(ann, rig.draft(bob)), one);
  assert.deepEqual(await sender.preview(ann, rig.draft(others[0]!)), one);
  assert.deepEqual(
    await sender.preview(ann, rig.draft([bob, others[0]!])),
    { matched: "<5", excluded: {} },
  );
  assert.deepEqual(
    await sender.preview(ann, rig.draft([bob, ...others])),
    { matched: 6, excluded: {} },
  );
  assert.deepEqual(
    await sender.preview(admin, rig.draft([bob, ...others])),
    { matched: 6, online: 5, offline: 1, excluded: { accept_from: 6 } },
  );
  assert.deepEqual(await dump(rig.store.kv, ["command"]), []);
});
