import assert from "node:assert/strict";
import type { UserRecord } from "../../lib/accounts/mod.ts";
import { suspensionOf } from "../../lib/accounts/people.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { Mutes } from "../../lib/moderation/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import {
  english,
  fileDecision,
  incidentClose,
  liftBody,
  limits,
  neverEnds,
  sanctionBody,
  twoFactorReset,
} from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { fakeStartMs } from "../fakes/clock.ts";
import { adminRig } from "../fakes/admin_rig.ts";

const hourMs = 3600_000;

async function rigWithPeople() {
  const rig = await adminRig();
  const root = await rig.person("root", "admin");
  const mod = await rig.person("mod", "moderator");
  const ann = await rig.person("ann");
  return { ...rig, root, mod, ann, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("MO-4: for members there is none of it, and for moderators only people and sanctions", async () => {
  await using rig = await rigWithPeople();
  const { users, audit, categoryAdmin, root, mod, ann } = rig;
  const warn = { kind: "warn" as const, reason: "Be kind." };
  const category = { slug: "dogs", title: "Dogs", description: "" };
  const forStaff = [
    () => users.list(ann, {}),
    () => users.get(ann, "root"),
    () => users.sanction(ann, "root", warn),
  ];
  for (const call of forStaff) assert.equal(kindOf(await call()), "not_found");
  for (const caller of [ann, mod]) {
    assert.equal(kindOf(await users.change(caller, "ann", { role: "admin" })), "not_found");
    assert.equal(kindOf(await audit.page(caller, {})), "not_found");
    assert.equal(kindOf(await categoryAdmin.all(caller)), "not_found");
    assert.equal(kindOf(await categoryAdmin.add(caller, category)), "not_found");
    assert.equal(kindOf(await categoryAdmin.change(caller, "feet", { retired: true })), "not_found");
  }
  assert.equal(must(await users.list(mod, {})).users.length, 3);
  assert.equal(kindOf(await users.sanction(mod, "ann", warn)), "answered");
  assert.deepEqual(await rig.actions(), ["user.warn"]);
  assert.equal(must(await audit.page(root, {})).entries.length, 1);
});

Deno.test("MO-2 MO-7: a decision has a reason that somebody can read", () => {
  const decisions: Record<string, (reason: string) => { success: boolean }> = {
    sanction: (reason) => sanctionBody.safeParse({ kind: "mute", reason }),
    lift: (reason) => liftBody.safeParse({ reason }),
    file: (reason) => fileDecision.safeParse({ release: true, reason }),
    incident: (reason) => incidentClose.safeParse({ reason }),
    "second factor": (reason) => twoFactorReset.safeParse({ reason }),
  };
  for (const [what, decide] of Object.entries(decisions)) {
    for (const reason of ["", "  ", "\n", "\u200b", "\u3164"]) {
      assert.ok(!decide(reason).success, `${what} ${JSON.stringify(reason)}`);
    }
    assert.ok(decide("Be kind.\nOnce more: be kind.").success, what);
  }
});

Deno.test("MO-5: role and rights change, at once for open sockets too, and the audit log has it", async () => {
  await using rig = await rigWithPeople();
  const { users, root, ann } = rig;
  const promoted = must(await users.change(root, "ann", { role: "moderator", rights: { broadcast: true } }));
  assert.deepEqual([promoted.role, promoted.rights], ["moderator", { broadcast: true }]);
  assert.deepEqual([rig.callers.now(ann).role, rig.callers.now(ann).rights], ["moderator", {
    broadcast: true,
  }]);
  assert.equal((await rig.accountsStore.user(ann.userId))?.role, "moderator");
  const [entry] = must(await rig.audit.page(root, {})).entries;
  assert.deepEqual([entry!.actor, entry!.action, entry!.subject], ["root", "user.change", "ann"]);
  assert.deepEqual(entry!.detail, {
    role: "moderator",
    wasRole: "member",
    broadcast: true,
    wasBroadcast: false,
  });
  // What stays as it is makes no entry.
  must(await users.change(root, "ann", { role: "moderator" }));
  assert.equal((await rig.actions()).length, 1);
  assert.equal(kindOf(await users.change(root, "nobody", { role: "admin" })), "not_found");
});

Deno.test("MO-5: the last administrator stays one", async () => {
  await using rig = await rigWithPeople();
  const { users, root } = rig;
  assert.equal(kindOf(await users.change(root, "root", { role: "member" })), "conflict");
  must(await users.change(root, "ann", { role: "admin" }));
  assert.equal(must(await users.change(root, "root", { role: "member" })).role, "member");
  const ann = { ...rig.ann, role: "admin" as const };
  assert.equal(kindOf(await users.change(ann, "ann", { role: "moderator" })), "conflict");
});

Deno.test("MO-5: two administrators who take the role from each other at once do not both succeed", async () => {
  await using rig = await rigWithPeople();
  const { users, root } = rig;
  must(await users.change(root, "ann", { role: "admin" }));
  const ann = { ...rig.ann, role: "admin" as const };
  const both = await Promise.all([
    users.change(root, "ann", { role: "member" }),
    users.change(ann, "root", { role: "member" }),
  ]);
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "conflict"]);
});

Deno.test("MO-5: a suspended administrator does not count as the other one", async () => {
  await using rig = await rigWithPeople();
  const { users, root } = rig;
  must(await users.change(root, "ann", { role: "admin" }));
  const until = iso(fakeStartMs + hourMs);
  must(await users.sanction(root, "ann", { kind: "suspend", reason: "Gone mad.", until }));
  assert.equal(kindOf(await users.change(root, "root", { role: "member" })), "conflict");
  rig.clock.advance(hourMs);
  assert.equal(kindOf(await users.change(root, "root", { role: "member" })), "answered");
});

Deno.test("MO-2: a suspension closes the sockets, holds until its end and ends by itself", async () => {
  await using rig = await rigWithPeople();
  const { users, mod, ann } = rig;
  const until = iso(fakeStartMs + hourMs);
  const sanction = must(await users.sanction(mod, "ann", { kind: "suspend", reason: "Spam.", until }));
  assert.deepEqual({ ...sanction, id: "" }, {
    id: "",
    kind: "suspend",
    reason: "Spam.",
    until,
    createdAt: iso(fakeStartMs),
    by: "mod",
  });
  assert.deepEqual(rig.bell.closedUsers, [`${ann.userId} suspended`]);
  const record = (await rig.accountsStore.user(ann.userId))!;
  assert.deepEqual(suspensionOf(record, rig.clock.now()), {
    reason: "Spam.",
    until: fakeStartMs + hourMs,
  });
  const shown = must(await users.get(mod, "ann"));
  assert.equal(shown.status, "suspended");
  assert.deepEqual(shown.sanctions, [sanction]);
  rig.clock.advance(hourMs - 1);
  assert.equal(must(await users.get(mod, "ann")).status, "suspended");
  rig.clock.advance(1);
  assert.equal(must(await users.get(mod, "ann")).status, "active");
  assert.equal(suspensionOf(record, rig.clock.now()), null);
});

/** The mute in force, as the server, one after a restart, and one beside others see it. */
async function muteOf(rig: Awaited<ReturnType<typeof rigWithPeople>>) {
  const now = await rig.mutes.muteOf(rig.ann.userId);
  for (const exclusive of [true, false]) {
    const again = await Mutes.load(rig.userRecords, rig.clock, exclusive);
    assert.deepEqual(await again.muteOf(rig.ann.userId), now);
  }
  return now;
}

Deno.test("MO-2, MO-7: of two mutes the longer one applies, in whatever order they came; then the send is free again", async () => {
  for (const [first, second] of [[1, 2], [2, 1]] as const) {
    await using rig = await rigWithPeople();
    const { users, mutes, mod, ann } = rig;
    assert.equal(await muteOf(rig), null);
    for (const hours of [first, second]) {
      const until = iso(fakeStartMs + hours * hourMs);
      must(await users.sanction(mod, "ann", { kind: "mute", reason: `${hours} hours.`, until }));
    }
    const until = iso(fakeStartMs + 2 * hourMs);
    assert.deepEqual(await muteOf(rig), { reason: "2 hours.", until: fakeStartMs + 2 * hourMs });
    assert.equal(must(await users.list(mod, { q: "ann" })).users[0]!.mutedUntil, until);
    const refusal = await mutes.refusalFor(ann.userId);
    assert.equal(refusal?.kind, "forbidden");
    assert.match(english(refusal!.message), /2 hours\./);
    assert.ok(english(refusal!.message).includes(until));
    rig.clock.advance(hourMs);
    assert.equal((await muteOf(rig))?.reason, "2 hours.");
    rig.clock.advance(hourMs);
    assert.equal(await muteOf(rig), null);
    assert.equal(mutes.refusalFor(ann.userId), null);
    assert.equal(must(await users.get(mod, "ann")).mutedUntil, null);
    assert.equal(rig.bell.closedUsers.length, 0);
  }
});

Deno.test("MO-7: a shorter suspension or mute does not end one without an end", async () => {
  await using rig = await rigWithPeople();
  const { users, mod, ann } = rig;
  for (const kind of ["suspend", "mute"] as const) {
    must(await users.sanction(mod, "ann", { kind, reason: "For good." }));
    const until = iso(rig.clock.now() + 1000);
    must(await users.sanction(mod, "ann", { kind, reason: "A second.", until }));
  }
  rig.clock.advance(2000);
  const shown = must(await users.get(mod, "ann"));
  assert.deepEqual([shown.status, shown.mutedUntil], ["suspended", neverEnds]);
  const record = (await rig.accountsStore.user(ann.userId))!;
  assert.deepEqual(suspensionOf(record, rig.clock.now()), { reason: "For good.", until: null });
});

Deno.test("MO-7: each sanction is lifted by itself with a reason, and the strictest of the rest applies", async () => {
  await using rig = await rigWithPeople();
  const { users, root, mod, ann } = rig;
  const end = fakeStartMs + hourMs;
  for (const kind of ["suspend", "mute"] as const) {
    const given = async (reason: string, until?: string) =>
      must(await users.sanction(mod, "ann", { kind, reason, until })).id;
    const [short, long] = [await given("Short.", iso(end)), await given("Long.")];
    const lifted = must(await users.lift(mod, "ann", long, "It was not her."));
    assert.deepEqual([lifted.over, lifted.lifted], [true, {
      at: iso(rig.clock.now()),
      by: "mod",
      reason: "It was not her.",
    }]);
    const now = kind === "mute"
      ? await muteOf(rig)
      : suspensionOf((await rig.accountsStore.user(ann.userId))!, rig.clock.now());
    assert.deepEqual(now, { reason: "Short.", until: end }, kind);
    must(await users.lift(root, "ann", short, "Enough."));
    assert.equal(kindOf(await users.lift(mod, "ann", short, "Again.")), "conflict");
  }
  const shown = must(await users.get(mod, "ann"));
  assert.deepEqual([shown.status, shown.mutedUntil], ["active", null]);
  assert.ok(shown.sanctions.every(({ over, lifted }) => over === true && lifted !== undefined));
  assert.equal(await muteOf(rig), null);
  const [entry] = must(await rig.audit.page(root, {})).entries;
  assert.deepEqual([entry!.action, entry!.subject, entry!.reason], ["user.lift", "ann", "Enough."]);
});

Deno.test("MO-7: lifting has the rights of sanctioning, and an ended or unknown sanction is not lifted", async () => {
  await using rig = await rigWithPeople();
  const { users, root, mod, ann } = rig;
  const until = iso(fakeStartMs + hourMs);
  const { id } = must(await users.sanction(mod, "ann", { kind: "mute", reason: "Loud.", until }));
  const modId = must(await users.sanction(root, "mod", { kind: "warn", reason: "Careful." })).id;
  assert.equal(kindOf(await users.lift(ann, "ann", id, "Please.")), "not_found");
  assert.equal(kindOf(await users.lift(mod, "mod", modId, "Please.")), "conflict");
  assert.equal(kindOf(await users.lift(mod, "ann", modId, "Not hers.")), "not_found");
  assert.equal(kindOf(await users.lift(mod, "nobody", id, "Who?")), "not_found");
  rig.clock.advance(hourMs);
  assert.equal(kindOf(await users.lift(mod, "ann", id, "Late.")), "conflict");
  assert.equal((await rig.actions()).includes("user.lift"), false);
});

Deno.test("MO-7: sanctions of an earlier version stay as they were: the last of a kind had replaced the others", async () => {
  await using rig = await rigWithPeople();
  const { users, mod, ann, store } = rig;
  const until = fakeStartMs + hourMs;
  const old = { reason: "Old.", createdAt: 1, by: "root" };
  const [first, last] = ["01KAAAAAAAAAAAAAAAAAAAAAAA", "01KBBBBBBBBBBBBBBBBBBBBBBB"];
  await store.kv.set(keys.sanction(ann.userId, first), { ...old, id: first, kind: "suspend", until: null });
  await store.kv.set(keys.sanction(ann.userId, last), { ...old, id: last, kind: "suspend", until });
  const user = keys.user(ann.userId);
  const { value } = await store.kv.get<UserRecord>(user);
  await store.kv.set(user, { ...value, status: "suspended", suspension: { reason: "Old.", until } });
  rig.accountsStore.forget(ann.userId);
  assert.equal(must(await users.get(mod, "ann")).status, "suspended");
  assert.equal(kindOf(await users.lift(mod, "ann", first, "Replaced.")), "conflict");
  must(await users.lift(mod, "ann", last, "Over."));
  assert.equal(must(await users.get(mod, "ann")).status, "active");
});

Deno.test("MO-7: a person has at most 50 sanctions in force", async () => {
  await using rig = await rigWithPeople();
  const { users, mod } = rig;
  const until = iso(fakeStartMs + hourMs);
  const warn = () => users.sanction(mod, "ann", { kind: "warn", reason: "Again.", until });
  for (let at = 0; at < limits.sanctionsInForce; at++) must(await warn());
  assert.equal(kindOf(await warn()), "conflict");
  rig.clock.advance(hourMs);
  const later = await users.sanction(mod, "ann", { kind: "warn", reason: "Again." });
  assert.equal(kindOf(later), "answered", "those that ended do not count");
});

Deno.test("MO-2: nobody sanctions themselves, moderators only members, and no end lies in the past", async () => {
  await using rig = await rigWithPeople();
  const { users, root, mod } = rig;
  const warn = { kind: "warn" as const, reason: "No." };
  await rig.person("mod-two", "moderator");
  assert.equal(kindOf(await users.sanction(mod, "mod", warn)), "conflict");
  assert.equal(kindOf(await users.sanction(mod, "mod-two", warn)), "forbidden");
  assert.equal(kindOf(await users.sanction(mod, "root", warn)), "forbidden");
  assert.equal(kindOf(await users.sanction(root, "nobody", warn)), "not_found");
  const past = { ...warn, until: iso(fakeStartMs) };
  assert.equal(kindOf(await users.sanction(root, "ann", past)), "invalid_params");
  assert.deepEqual(await rig.actions(), []);
  assert.equal(kindOf(await users.sanction(root, "mod", warn)), "answered");
  const [entry] = must(await rig.audit.page(root, {})).entries;
  assert.deepEqual([entry!.action, entry!.subject, entry!.reason], ["user.warn", "mod", "No."]);
});

Deno.test("MO-5: people are found by the beginning of a username, then by a part of the display name", async () => {
  await using rig = await adminRig();
  const root = await rig.person("root", "admin", "The Root");
  await rig.person("anna", "member", "Zed");
  await rig.person("annabel", "member", "Yan");
  await rig.person("bert", "member", "Joanna");
  await rig.person("zoe", "member", "Nan");
  await rig.person("aaron", "member", "Johanna 火");
  const all = async (q: string | undefined, limit: number) => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const { users, next } = must(await rig.users.list(root, { q, after, limit }));
      pages.push(users.map(({ username }) => username));
      after = next ?? undefined;
    } while (after !== undefined);
    return pages;
  };
  assert.deepEqual(await all("anna", 10), [["anna", "annabel", "aaron", "bert"]]);
  assert.deepEqual((await all("ANNA", 1)).flat(), ["anna", "annabel", "aaron", "bert"]);
  assert.deepEqual((await all("anna", 2)).flat(), ["anna", "annabel", "aaron", "bert"]);
  assert.deepEqual((await all("anna", 3)).flat(), ["anna", "annabel", "aaron", "bert"]);
  assert.deepEqual((await all("n", 1)).flat(), ["aaron", "annabel", "bert", "zoe"]);
  assert.deepEqual((await all("火", 1)).flat(), ["aaron"]);
  assert.deepEqual((await all("\u{1f600}", 5)).flat(), []);
  assert.deepEqual(await all(undefined, 4), [["aaron", "anna", "annabel", "bert"], ["root", "zoe"]]);
  assert.deepEqual((await all("", 3)).flat().length, 6);
});

Deno.test("MO-5: a search looks at a bounded number of people and goes on where it stopped", async () => {
  await using rig = await adminRig();
  const root = await rig.person("root", "admin");
  const count = limits.usersSearched + 10;
  const people = Array.from({ length: count }, (_, at) => `u${String(at).padStart(6, "0")}`);
  await Promise.all(people.map((name, at) => rig.person(name, "member", at === count - 1 ? "Zelda" : "x")));
  const first = must(await rig.users.list(root, { q: "zelda" }));
  assert.deepEqual(first.users, []);
  const second = must(await rig.users.list(root, { q: "zelda", after: first.next! }));
  assert.deepEqual([second.users.map(({ username }) => username), second.next], [[people.at(-1)], null]);
});

Deno.test("MO-3: the audit log is paged, newest first", async () => {
  await using rig = await rigWithPeople();
  const { root } = rig;
  for (const broadcast of [true, false, true]) {
    must(await rig.users.change(root, "ann", { rights: { broadcast } }));
  }
  const first = must(await rig.audit.page(root, { limit: 2 }));
  const second = must(await rig.audit.page(root, { limit: 2, before: first.next! }));
  assert.deepEqual([first.entries.length, second.entries.length, second.next], [2, 1, null]);
  assert.equal(second.entries[0]!.detail.broadcast, true);
  const wrong = await rig.audit.page(root, { before: "ffffffffffffffffffff" });
  assert.equal(kindOf(wrong), "invalid_params");
});
