import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import { commandDraft, type CommandState, commandStates, english, Refusal } from "../../lib/protocol/mod.ts";
import { mayMove } from "../../lib/commands/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const all = { kind: "all" } as const;
const choir = { kind: "group", group: "choir" } as const;

/** Everything in the store; a refusal must leave it as it was. */
async function whole(rig: CommandRig): Promise<unknown> {
  return await dump(rig.store.kv);
}

async function withCategories() {
  const rig = await CommandRig.open();
  for (const [order, slug] of ["old", "c1", "c2", "c3", "c4", "c5"].entries()) {
    const record = { slug, title: slug, description: "", order: 9 + order, retired: slug === "old" };
    await rig.store.kv.set(["category", slug], record);
  }
  const again = await CommandRig.open({ store: rig.store, clock: rig.clock });
  const [admin, bob] = [again.person("admin", "admin"), again.person("bob")];
  again.connect(admin, bob);
  again.join(bob, "choir");
  return { outer: rig, rig: again, admin, bob };
}

Deno.test("CM-2, CM-8, BR-1, BR-2: bad input is refused by name, for every audience, and nothing is written", async () => {
  const { outer, rig, admin, bob } = await withCategories();
  await using _ = outer;
  await using __ = rig;
  const at = (days: number) => iso(rig.clock.now() + days * dayMs);
  const wrong: [string, Record<string, unknown>, string, string][] = [
    ["an unknown category", { categories: ["nonsense"] }, "invalid_params", "categories"],
    ["a retired category", { categories: ["old"] }, "invalid_params", "categories"],
    ["deliverAt in the past", { deliverAt: at(-1) }, "invalid_params", "deliverAt"],
    ["deliverAt now", { deliverAt: at(0) }, "invalid_params", "deliverAt"],
    ["deliverAt 91 days ahead", { deliverAt: at(91) }, "invalid_params", "deliverAt"],
    ["expiresAt before deliverAt", { deliverAt: at(2), expiresAt: at(1) }, "invalid_params", "expiresAt"],
    ["dueAt before deliverAt", { deliverAt: at(2), dueAt: at(1) }, "invalid_params", "dueAt"],
    ["a file that is not there", { attachments: ["0".repeat(26)] }, "not_found", "attachments"],
  ];
  const audiences = [all, { kind: "category", category: "c1" }, choir, { kind: "user", to: ["bob"] }];
  rig.join(admin, "choir", "owner");
  const before = await whole(rig);
  for (const audience of audiences) {
    for (const [name, change, kind, field] of wrong) {
      for (const call of ["send", "preview"] as const) {
        const answer = await rig.room.sender[call](admin, rig.draft([], { audience, ...change }));
        const about = `${call} to ${audience.kind}: ${name}`;
        assert.ok(answer instanceof Refusal, about);
        assert.equal(answer.kind, kind, about);
        assert.ok(Object.keys(answer.detail.fields ?? {}).some((name) => name.startsWith(field)), about);
      }
    }
  }
  const others: [string, unknown, string][] = [
    [
      "six categories with the audience's own",
      await rig.room.sender.send(
        admin,
        rig.draft([], {
          audience: { kind: "category", category: "c1" },
          categories: ["general", "c2", "c3", "c4", "c5"],
        }),
      ),
      "invalid_params",
    ],
    [
      "an unknown category as audience",
      await rig.room.sender.send(admin, rig.draft([], { audience: { kind: "category", category: "nope" } })),
      "invalid_params",
    ],
    [
      "a retired category as audience",
      await rig.room.sender.send(admin, rig.draft([], { audience: { kind: "category", category: "old" } })),
      "invalid_params",
    ],
    [
      "a group that is not the sender's",
      await rig.room.sender.send(
        admin,
        rig.draft([], { audience: { kind: "group", group: "others" } }),
      ),
      "not_found",
    ],
    [
      "a group in which the sender is a member",
      await rig.room.sender.send(bob, rig.draft([], { audience: choir })),
      "forbidden",
    ],
    ["no right to broadcast", await rig.room.sender.send(bob, rig.draft([], { audience: all })), "forbidden"],
  ];
  for (const [name, answer, kind] of others) {
    assert.ok(answer instanceof Refusal, name);
    assert.equal(answer.kind, kind, name);
    assert.ok(english(answer.message).length > 10, name);
  }
  assert.deepEqual(await whole(rig), before);
});

Deno.test("CM-2, BR-1: what a draft's shape forbids does not come to the sender", () => {
  const draft = { key: "k", kind: "message", audience: all };
  const to = Array.from({ length: 101 }, (_, n) => `person-${n}`);
  const wrong: Record<string, unknown>[] = [
    { audience: { kind: "user", to } },
    { audience: { kind: "user", to: [] } },
    { audience: { kind: "everyone" } },
    { audience: { kind: "all", except: ["bob"] } },
    { audience: { kind: "group" } },
    { categories: ["a1", "b1", "c1", "d1", "e1", "f1"] },
    { key: "" },
    { requires: "payment" },
  ];
  assert.equal(commandDraft.safeParse(draft).success, true);
  assert.equal(
    commandDraft.safeParse({ ...draft, audience: { kind: "user", to: to.slice(1) } }).success,
    true,
  );
  for (const change of wrong) {
    assert.equal(commandDraft.safeParse({ ...draft, ...change }).success, false, JSON.stringify(change));
  }
});

Deno.test("CM-1: a key that was used for a broadcast with other content is a conflict, and nothing is written", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  rig.join(admin, "choir", "owner");
  const draft = rig.draft([], { audience: all });
  taken(await rig.room.sender.send(admin, draft));
  const before = await whole(rig);
  const others = [
    { ...draft, title: "Other" },
    { ...draft, audience: choir },
    { ...draft, audience: { kind: "category" as const, category: "general" } },
    { ...draft, audience: { kind: "user" as const, to: ["bob"] } },
  ];
  for (const other of others) assert.equal(kindOf(await rig.room.sender.send(admin, other)), "conflict");
  assert.deepEqual(await whole(rig), before);
});

Deno.test("CM-4, CM-5: who is no recipient and who is not the sender are refused, and nothing is written", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob, eve] = [rig.person("admin", "admin"), rig.person("bob"), rig.person("eve")];
  rig.join(admin, "choir", "owner");
  rig.join(bob, "choir", "owner");
  const { id } = await rig.broadcast(admin, choir, { requires: "review" });
  await rig.take(bob);
  const before = await whole(rig);
  const { transitions, history } = rig.room;
  const refused = [
    await transitions.update(eve, { id, state: "seen" }),
    await transitions.update(admin, { id, state: "seen" }),
    await transitions.cancel(bob, { id }),
    await transitions.cancel(eve, { id }),
    await transitions.review(bob, { id, recipient: "bob", accept: true }),
    await transitions.review(admin, { id, recipient: "eve", accept: true }),
    await transitions.review(admin, { id, recipient: "bob", accept: true }),
    await history.get(eve, { id }),
    await transitions.update(bob, { id, state: "deferred", until: iso(rig.clock.now()) }),
    await transitions.update(bob, { id, state: "seen", until: iso(rig.clock.now() + 1000) }),
    await transitions.update(bob, { id, state: "submitted", proof: ["0".repeat(26)] }),
  ];
  assert.deepEqual(refused.map(kindOf), [
    ...Array<string>(6).fill("not_found"),
    "conflict",
    "not_found",
    "invalid_params",
    "invalid_params",
    "not_found",
  ]);
  assert.deepEqual(await whole(rig), before);
});

Deno.test("CM-4: every move of a broadcast that the table forbids is a conflict, and nothing is written", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const reached: CommandState[] = [
    "delivered",
    "seen",
    "accepted",
    "submitted",
    "deferred",
    "completed",
    "declined",
  ];
  let forbidden = 0;
  for (const from of reached) {
    const { id } = await rig.broadcast(admin, all);
    await rig.take(bob);
    if (from !== "delivered") taken(await rig.room.transitions.update(bob, { id, state: from as "seen" }));
    const before = await whole(rig);
    for (const to of commandStates) {
      if (to === from || mayMove(from, to, "recipient", "none")) continue;
      const answer = await rig.room.transitions.update(bob, { id, state: to as "seen" });
      assert.equal(kindOf(answer), "conflict", `${from} → ${to}`);
      forbidden++;
    }
    assert.deepEqual(await whole(rig), before, from);
  }
  assert.ok(forbidden > 50, `${forbidden} moves`);
});
