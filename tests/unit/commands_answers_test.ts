import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { askingKinds, checked, commandDraft, Refusal } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

const choice = {
  kind: "choice",
  data: {
    options: [{ id: "yes", label: "Yes" }, { id: "no", label: "No" }, { id: "later", label: "Later" }],
  },
};
const many = { kind: "choice", data: { ...choice.data, multiple: true } };
const form = {
  kind: "form",
  data: {
    fields: [
      { id: "name", type: "text", label: "Name", required: true },
      { id: "story", type: "long", label: "Story" },
      { id: "people", type: "number", label: "People" },
      { id: "come", type: "yesno", label: "Coming?", required: true },
      { id: "day", type: "date", label: "Day" },
      { id: "food", type: "choice", label: "Food", options: choice.data.options },
    ],
  },
};
const timer = { kind: "timer", data: { seconds: 90 } };

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  const asked = async (change: Record<string, unknown>) => {
    const { id } = await rig.send(ann, bob, change);
    await rig.take(bob);
    return id;
  };
  return { rig, ann, bob, asked, update: rig.room.transitions.update.bind(rig.room.transitions) };
}

/** Fields that a draft is refused for. */
function wrong(change: Record<string, unknown>): string[] {
  const read = checked(commandDraft, {
    key: "k",
    audience: { kind: "user", to: ["bob"] },
    title: "Lunch?",
    ...change,
  });
  return read instanceof Refusal ? Object.keys(read.detail.fields ?? {}) : [];
}

Deno.test("CM-9: what a choice, a form or a timer asks is checked when it is sent", () => {
  for (const good of [choice, many, form, timer]) assert.deepEqual(wrong(good), []);
  const option = (n: number) => ({ id: `o${n}`, label: `Option ${n}` });
  const options = (count: number) => Array.from({ length: count }, (_, at) => option(at));
  const field = (n: number) => ({ id: `f${n}`, type: "text", label: `Field ${n}` });
  const refused: [Record<string, unknown>, string][] = [
    [{ kind: "choice" }, "data.options"],
    [{ kind: "choice", data: { options: options(1) } }, "data.options"],
    [{ kind: "choice", data: { options: options(21) } }, "data.options"],
    [{ kind: "choice", data: { options: [option(1), option(1)] } }, "data.options.1.id"],
    [{ kind: "choice", data: { options: [option(1), { id: "a b", label: "x" }] } }, "data.options.1.id"],
    [{ kind: "choice", data: { options: [option(1), { id: "b", label: " " }] } }, "data.options.1.label"],
    [{ kind: "choice", data: { options: options(2), multipel: true } }, "data.multipel"],
    [{ kind: "form", data: { fields: [] } }, "data.fields"],
    [
      { kind: "form", data: { fields: Array.from({ length: 21 }, (_, at) => field(at)) } },
      "data.fields",
    ],
    [{ kind: "form", data: { fields: [{ ...field(1), type: "color" }] } }, "data.fields.0.type"],
    [{ kind: "form", data: { fields: [{ ...field(1), type: "choice" }] } }, "data.fields.0.options"],
    [{ kind: "form", data: { fields: [field(1), field(1)] } }, "data.fields.1.id"],
    [{ kind: "form", data: { fields: [{ ...field(1), id: "__proto__" }] } }, "data.fields.0.id"],
    [{ kind: "timer", data: { seconds: 0 } }, "data.seconds"],
    [{ kind: "timer", data: { seconds: 1.5 } }, "data.seconds"],
    [{ kind: "timer", data: { seconds: 86_401 } }, "data.seconds"],
    [{ kind: "timer" }, "data.seconds"],
  ];
  for (const [change, path] of refused) assert.deepEqual(wrong(change), [path], JSON.stringify(change));
  assert.deepEqual(wrong({ kind: "timer", data: { seconds: 86_400 } }), []);
  assert.deepEqual(wrong({ kind: "choice", data: { options: options(20) } }), []);
});

Deno.test("CM-9, AU-8: the names in a question are kept in NFC", async () => {
  const { rig, asked, bob } = await twoContacts();
  await using _ = rig;
  const id = await asked({
    kind: "choice",
    data: { options: [{ id: "a", label: "Cafe\u0301" }, { id: "b", label: "Tee" }] },
  });
  const { command } = taken(await rig.room.history.get(bob, { id }));
  assert.deepEqual("sealed" in command ? null : command.data, {
    options: [{ id: "a", label: "Caf\u00e9" }, { id: "b", label: "Tee" }],
  });
});

Deno.test("CM-9: an answer is checked against its command, and both sides see it", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const one = await asked(choice);
  for (
    const answer of [
      "perhaps",
      "",
      ["yes", "no"],
      [],
      { yes: true },
      ["perhaps"],
    ]
  ) {
    const refused = await update(bob, { id: one, state: "completed", answer });
    assert.equal(kindOf(refused), "invalid_params", JSON.stringify(answer));
  }
  assert.equal(kindOf(await update(bob, { id: one, state: "completed" })), "invalid_params", "none");
  assert.equal(kindOf(await update(bob, { id: one, state: "accepted", answer: "yes" })), "invalid_params");
  const done = taken(await update(bob, { id: one, state: "completed", answer: "no" }));
  assert.deepEqual(done.state.answer, { options: ["no"] });
  // A repeat changes nothing; another answer is not taken for one.
  assert.equal(kindOf(await update(bob, { id: one, state: "completed", answer: ["no"] })), "taken");
  assert.equal(kindOf(await update(bob, { id: one, state: "completed", answer: "yes" })), "conflict");
  const told = rig.bell.changesOf(ann.userId).at(-1);
  assert.deepEqual([told?.state, told?.answer], ["completed", { options: ["no"] }]);
  const seen = taken(await rig.room.history.get(ann, { id: one }));
  assert.deepEqual(seen.recipients?.map(({ answer }) => answer), [{ options: ["no"] }]);
  assert.deepEqual(seen.answers, {
    answers: 1,
    questions: [{
      options: choice.data.options.map((option) => ({ ...option, count: option.id === "no" ? 1 : 0 })),
    }],
  });
  const some = await asked(many);
  assert.equal(
    kindOf(await update(bob, { id: some, state: "completed", answer: ["no", "no"] })),
    "invalid_params",
  );
  const both = taken(await update(bob, { id: some, state: "completed", answer: ["later", "yes"] }));
  assert.deepEqual(both.state.answer, { options: ["yes", "later"] }, "in the order of the question");
  const plain = await asked({ kind: "task" });
  assert.equal(kindOf(await update(bob, { id: plain, state: "completed", answer: "yes" })), "invalid_params");
});

Deno.test("CM-9: each field of a form is checked by its type", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked(form);
  const good = { name: "Bob", come: true };
  const refused: [Record<string, string | number | boolean>, string][] = [
    [{ come: true }, "answer.name"],
    [{ ...good, name: "  " }, "answer.name"],
    [{ ...good, name: "two\nlines" }, "answer.name"],
    [{ ...good, name: "x".repeat(201) }, "answer.name"],
    [{ ...good, people: "3" }, "answer.people"],
    [{ ...good, come: "yes" }, "answer.come"],
    [{ ...good, day: "31.01.2026" }, "answer.day"],
    [{ ...good, day: "2026-02-30" }, "answer.day"],
    [{ ...good, food: "pizza" }, "answer.food"],
    [{ ...good, size: "xl" }, "answer.size"],
    [{ ...good, story: "x".repeat(2001) }, "answer.story"],
  ];
  for (const [answer, path] of refused) {
    const done = await update(bob, { id, state: "completed", answer });
    assert.deepEqual(done instanceof Refusal ? Object.keys(done.detail.fields ?? {}) : done, [path]);
  }
  assert.equal(kindOf(await update(bob, { id, state: "completed", answer: "Bob" })), "invalid_params");
  const whole = { ...good, story: "a\nb", people: 2.5, day: "2026-02-28", food: "no" };
  const done = taken(await update(bob, { id, state: "completed", answer: whole }));
  assert.deepEqual(done.state.answer, { fields: whole });
  const { answers } = taken(await rig.room.history.get(ann, { id }));
  assert.deepEqual(
    answers?.questions.map(({ field, options }) => [field, options.map(({ count }) => count)]),
    [
      ["come", [1, 0]],
      ["food", [0, 1, 0]],
    ],
  );
  // What was left empty is not there.
  const again = await asked(form);
  const little = taken(await update(bob, { id: again, state: "completed", answer: { ...good, story: "" } }));
  assert.deepEqual(little.state.answer, { fields: good });
});

Deno.test("CM-9: the longest answers fit into one record, with an answer to undo", async () => {
  const { rig, ann, bob, update } = await twoContacts();
  await using _ = rig;
  const fields = Array.from(
    { length: 20 },
    (_, at) => ({ id: `f${at}`, type: "long", label: `Field ${at}` }),
  );
  const { id } = await rig.send(ann, bob, { kind: "form", data: { fields }, requires: "review" });
  await rig.take(bob);
  const answer = (letter: string) => ({ f0: "ü" + letter.repeat(1999), f1: letter.repeat(1900) });
  const note = "ü".repeat(1000);
  assert.equal(
    kindOf(
      await update(bob, { id, state: "submitted", answer: { f0: "ü".repeat(2000), f1: "x".repeat(2000) } }),
    ),
    "invalid_params",
  );
  for (const letter of ["a", "b", "c", "d", "e", "f"]) {
    taken(await update(bob, { id, state: "submitted", answer: answer(letter), note }));
    taken(await rig.room.transitions.review(ann, { id, recipient: "bob", accept: false, note }));
  }
  taken(await update(bob, { id, state: "submitted", answer: answer("g"), note }));
  assert.deepEqual((await rig.stateOf(bob, id))?.answer?.given, { fields: answer("g") });
});

Deno.test("CM-5, CM-9: an answer is work to review; what was returned keeps its answer", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked({ ...choice, requires: "review" });
  taken(await update(bob, { id, state: "submitted", answer: "yes" }));
  taken(await rig.room.transitions.review(ann, { id, recipient: "bob", accept: false, note: "Sure?" }));
  const same = taken(await update(bob, { id, state: "submitted", note: "Yes." }));
  assert.deepEqual(same.state.answer, { options: ["yes"] });
  taken(await rig.room.transitions.review(ann, { id, recipient: "bob", accept: false }));
  const other = taken(await update(bob, { id, state: "submitted", answer: "no" }));
  assert.deepEqual(other.state.answer, { options: ["no"] });
  const proof = await asked({ ...choice, requires: "proof" });
  assert.equal(kindOf(await update(bob, { id: proof, state: "submitted", answer: "yes" })), "invalid_params");
});

Deno.test("CM-9: a timer runs from when it is started, on the server's clock, and submits by itself", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked(timer);
  assert.equal(kindOf(await update(bob, { id, state: "completed" })), "conflict", "not started");
  const startedAt = new Date(rig.clock.now()).toISOString();
  const started = taken(await update(bob, { id, state: "accepted" }));
  assert.equal(started.state.startedAt, startedAt);
  assert.equal(rig.bell.changesOf(ann.userId).at(-1)?.startedAt, startedAt);
  await rig.runDue(60_000);
  // A repeat does not start it again.
  assert.equal(taken(await update(bob, { id, state: "accepted" })).state.startedAt, startedAt);
  assert.equal(kindOf(await update(bob, { id, state: "completed" })), "conflict", "early");
  assert.equal(
    kindOf(await update(bob, { id, state: "completed", answer: { done: true } })),
    "invalid_params",
  );
  await rig.runDue(30_000);
  const { state } = taken(await rig.room.history.get(bob, { id }));
  const endedAt = new Date(rig.clock.now()).toISOString();
  assert.deepEqual([state?.state, state?.answer, state?.startedAt], [
    "completed",
    { startedAt, endedAt },
    undefined,
  ]);
  assert.deepEqual(taken(await rig.room.history.get(ann, { id })).answers, { answers: 1, questions: [] });
  assert.deepEqual(rig.bell.changesOf(bob.userId).at(-1)?.state, "completed");
});

Deno.test("CM-9: a timer that is reviewed is submitted, one with proof waits for it, one put off starts anew", async () => {
  const { rig, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const stateOf = async (id: string) => (await rig.stateOf(bob, id))?.state;
  const [reviewed, proven, deferred, declined] = [
    await asked({ ...timer, requires: "review" }),
    await asked({ ...timer, requires: "proof" }),
    await asked(timer),
    await asked(timer),
  ];
  for (const id of [reviewed, proven, deferred, declined]) {
    taken(await update(bob, { id, state: "accepted" }));
  }
  const until = new Date(rig.clock.now() + 80_000).toISOString();
  taken(await update(bob, { id: deferred, state: "deferred", until }));
  taken(await update(bob, { id: declined, state: "declined" }));
  await rig.runDue(85_000);
  assert.equal((await rig.stateOf(bob, deferred))?.startedAt, undefined);
  taken(await update(bob, { id: deferred, state: "accepted" }));
  await rig.runDue(5000);
  assert.deepEqual(await Promise.all([reviewed, proven, deferred, declined].map(stateOf)), [
    "submitted",
    "accepted",
    "accepted",
    "declined",
  ]);
  assert.equal(kindOf(await update(bob, { id: proven, state: "submitted" })), "invalid_params", "no file");
  await rig.runDue(85_000);
  assert.equal(await stateOf(deferred), "completed");
});

Deno.test("CM-9, CO-6: a stop ends a running timer, and nothing is submitted", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked(timer);
  taken(await update(bob, { id, state: "accepted" }));
  await rig.room.safety.stop(bob);
  await rig.runDue(90_000);
  const { recipients, answers } = taken(await rig.room.history.get(ann, { id }));
  assert.deepEqual(recipients?.map(({ state, answer }) => [state, answer]), [["stopped", undefined]]);
  assert.equal(answers?.answers, 0);
});

Deno.test("CM-9, CM-13: an answer that is taken back is not counted, of a broadcast neither", async () => {
  const rig = await CommandRig.open();
  await using _ = rig;
  const admin = rig.person("root", "admin");
  const people = ["ann", "bob", "cat", "dan"].map((name) => rig.person(name));
  for (const one of people) rig.join(one, "choir");
  rig.join(admin, "choir", "owner");
  const ids = [
    (await rig.broadcast(admin, { kind: "group", group: "choir" }, many)).id,
    (await rig.broadcast(admin, { kind: "all" }, many)).id,
  ];
  const answers: [Caller, string[]][] = [
    [people[0]!, ["yes"]],
    [people[1]!, ["yes", "later"]],
    [people[2]!, ["no"]],
  ];
  for (const id of ids) {
    for (const [who, answer] of answers) {
      await rig.take(who);
      taken(await rig.room.transitions.update(who, { id, state: "completed", answer }));
    }
    taken(await rig.room.undo.answer(people[2]!, id));
    taken(await rig.room.undo.answer(people[1]!, id));
    taken(await rig.room.transitions.update(people[1]!, { id, state: "completed", answer: ["later"] }));
    const detail = taken(await rig.room.history.get(admin, { id }));
    assert.equal(detail.answers?.answers, 2);
    assert.deepEqual(detail.answers?.questions[0]?.options.map(({ id, count }) => [id, count]), [
      ["yes", 1],
      ["no", 0],
      ["later", 1],
    ]);
    // BR-2: of a group the sender sees who answered what, of a broadcast to everyone nobody's name.
    const shown = detail.recipients?.flatMap(({ username, answer }) =>
      answer === undefined ? [] : [username]
    );
    assert.deepEqual(shown, id === ids[0] ? ["ann", "bob"] : undefined);
  }
  await rig.runDue(15 * dayMs);
  await rig.runDue(15 * dayMs);
  assert.deepEqual(
    await Array.fromAsync(rig.store.kv.list({ prefix: keys.answerCounts(ids[0]!).slice(0, 1) })),
    [],
  );
});

Deno.test("CM-9, CO-11: a sender who blocks a recipient sees no answer of theirs", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked(form);
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  taken(await update(bob, { id, state: "completed", answer: { name: "read this", come: false } }));
  assert.equal(JSON.stringify(taken(await rig.room.history.get(ann, { id }))).includes("read this"), false);
  assert.equal(
    JSON.stringify(rig.bell.rung.filter(({ userId }) => userId === ann.userId)).includes("read this"),
    false,
  );
});

Deno.test("DL-10, CM-9: a search finds what a question says, and MO-1: an answer can be reported", async () => {
  const { rig, ann, bob, asked, update } = await twoContacts();
  await using _ = rig;
  const id = await asked(form);
  await asked(choice);
  const { items } = await rig.room.history.inboxList(bob, { q: "story food" });
  assert.deepEqual(items.map(({ command }) => command.id), [id]);
  taken(
    await update(bob, { id, state: "completed", answer: { name: "vile words", come: true, food: "no" } }),
  );
  const reported = taken(await rig.room.reported.subject(ann, id));
  assert.equal(reported.person.username, "bob");
  assert.equal(reported.snapshot.text, "Name: vile words\nComing?: true\nFood: No");
});

Deno.test("CM-9, CO-12: a kind that asks is limited like every other, and its sender sees it wait", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, kinds: ["message", "choice"] });
  const [yes, no] = [await rig.send(ann, bob, choice), await rig.send(ann, bob, timer)];
  assert.deepEqual(await rig.take(bob), [yes.id]);
  assert.deepEqual(await rig.told(ann, no.id), { bob: "queued" });
  // WS-10: what no device shows waits as well.
  const later = await rig.send(ann, bob, choice);
  assert.deepEqual(await rig.inboxOf(bob, new Set(["message"])), []);
  assert.deepEqual(await rig.told(ann, later.id), { bob: "queued" });
});

Deno.test("CM-2, CM-9: docs/kinds.md has commands that can be sent, of every kind that asks", async () => {
  const page = await Deno.readTextFile("docs/kinds.md");
  const examples = [...page.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => JSON.parse(text!));
  for (const example of examples) {
    assert.ok(!(checked(commandDraft, example) instanceof Refusal), example.kind);
  }
  assert.deepEqual(examples.map(({ kind }) => kind), [
    ...askingKinds,
    "x-wallpaper",
    "x-audio",
    "x-speech",
    "x-lock",
  ]);
});
