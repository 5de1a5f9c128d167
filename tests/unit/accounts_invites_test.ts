import assert from "node:assert/strict";
import { KvInvites } from "../../lib/adapters/kv/invites_store.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { limits, type Role } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must, origin } from "../fakes/accounts_rig.ts";

const dayMs = 24 * 3600_000;

/** Accounts where registration needs an invitation, and a way to make people without one. */
async function inviteRig(registration: "open" | "invite" | "closed" = "invite") {
  const rig = await accountsRig({ registration });
  let made = 0;
  return {
    ...rig,
    async caller(username: string, role: Role = "member"): Promise<Caller> {
      const id = `id-${++made}`;
      const passwordHash = "none";
      await rig.accountsStore.addUser({
        id,
        username,
        displayName: username,
        role,
        rights: { broadcast: false },
        status: "active",
        timeZone: "UTC",
        passwordHash,
        createdAt: 0,
        adultStatedAt: 0,
        demo: false,
      });
      const rest = { sessionId: "s", device: "web", address: "192.0.2.1", requestId: "r" };
      return { userId: id, username, displayName: username, role, rights: { broadcast: false }, ...rest };
    },
    register: (username: string, invite?: string) =>
      rig.accounts.register(origin(), {
        username,
        password: goodPassword,
        adult: true,
        ...(invite === undefined ? {} : { invite }),
      }),
    async actions(): Promise<[string, string, string | null][]> {
      const entries = await rig.auditStore.entriesBefore(null, 50);
      return entries.toReversed().map(({ actor, action, subject }) => [actor, action, subject]);
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

Deno.test("AU-1: an invitation makes one account, and no second one", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const { invite, uses, expiresAt, id } = must(await rig.invites.create(boss, {}));
  assert.deepEqual([uses, expiresAt], [1, iso(rig.clock.now() + limits.inviteDays * dayMs)]);
  for (const wrong of [undefined, "", "guess", `${invite}x`, id]) {
    assert.equal(kindOf(await rig.register("alice", wrong)), "forbidden", String(wrong));
  }
  assert.equal(must(await rig.register("alice", invite)).role, "member");
  must(await rig.accounts.login(rig.origin, { username: "alice", password: goodPassword }));
  assert.equal(kindOf(await rig.register("bob", invite)), "forbidden");
  assert.equal(await rig.accountsStore.userNamed("bob"), null);
});

Deno.test("AU-1: an invitation for n people makes exactly n accounts, also at the same moment", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const { invite } = must(await rig.invites.create(boss, { uses: 3 }));
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => rig.register(`person-${at}`, invite)),
  );
  assert.equal(answers.filter((answer) => kindOf(answer) === "answered").length, 3);
  assert.equal(answers.filter((answer) => kindOf(answer) === "forbidden").length, 5);
  const [listed] = await rig.invites.list(boss);
  assert.deepEqual([listed?.used, listed?.uses, listed?.by], [3, 3, "boss"]);
});

Deno.test("AU-1: a refused registration does not use an invitation up", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const { invite } = must(await rig.invites.create(boss, {}));
  assert.equal(kindOf(await rig.register("boss", invite)), "conflict");
  assert.equal(kindOf(await rig.register("admin", invite)), "conflict");
  must(await rig.register("alice", invite));
});

Deno.test("AU-1: an invitation expires, and its end lies in the next year", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  for (const days of [0, -1, limits.inviteDaysMax + 1]) {
    const expiresAt = iso(rig.clock.now() + days * dayMs);
    assert.equal(kindOf(await rig.invites.create(boss, { expiresAt })), "invalid_params", String(days));
  }
  const { invite } = must(await rig.invites.create(boss, { expiresAt: iso(rig.clock.now() + dayMs) }));
  rig.clock.advance(dayMs);
  assert.equal(kindOf(await rig.register("alice", invite)), "forbidden");
  assert.deepEqual(await rig.invites.list(boss), []);
});

Deno.test("AU-1: members invite only while an administrator allows it, and fewer people", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const ann = await rig.caller("ann");
  assert.equal(await rig.invites.may(ann), false);
  assert.equal(kindOf(await rig.invites.create(ann, {})), "forbidden");
  assert.equal(kindOf(await rig.invites.setPolicy(ann, { members: true })), "not_found");
  must(await rig.invites.setPolicy(boss, { members: true }));
  assert.equal(await rig.invites.may(ann), true);
  assert.equal(
    kindOf(await rig.invites.create(ann, { uses: limits.inviteUsesOfMember + 1 })),
    "invalid_params",
  );
  const { invite } = must(await rig.invites.create(ann, { uses: limits.inviteUsesOfMember }));
  for (let at = 1; at < limits.invitesOpenOfMember; at++) must(await rig.invites.create(ann, {}));
  assert.equal(kindOf(await rig.invites.create(ann, {})), "queue_full");
  must(await rig.register("bob", invite));
  must(await rig.invites.setPolicy(boss, { members: false }));
  assert.equal(kindOf(await rig.register("carol", invite)), "forbidden");
});

Deno.test("AU-1: what a suspended or deleted person made works no longer", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const { invite } = must(await rig.invites.create(boss, { uses: 5 }));
  const entry = await rig.store.kv.get<object>(["user", boss.userId]);
  const suspended = { ...entry.value, status: "suspended", suspension: { reason: "x", until: null } };
  await rig.store.kv.set(entry.key, suspended);
  rig.accountsStore.forget(boss.userId);
  assert.equal(kindOf(await rig.register("alice", invite)), "forbidden");
  await rig.store.kv.set(entry.key, { ...entry.value, removedAt: 1 });
  rig.accountsStore.forget(boss.userId);
  assert.equal(kindOf(await rig.register("alice", invite)), "forbidden");
  const store = new KvInvites(rig.store, rig.accountsStore, rig.auditStore, rig.clock);
  await store.removeOf(boss.userId);
  const left: string[] = [];
  for await (const { key } of rig.store.kv.list({ prefix: [] })) {
    if (String(key[0]).startsWith("invite")) left.push(String(key[0]));
  }
  assert.deepEqual(left, []);
});

Deno.test("AU-1: people see and revoke their own invitations, administrators all", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  const [ann, bob] = [await rig.caller("ann"), await rig.caller("bob")];
  must(await rig.invites.setPolicy(boss, { members: true }));
  const anns = must(await rig.invites.create(ann, {}));
  rig.clock.advance(1);
  const bobs = must(await rig.invites.create(bob, {}));
  assert.deepEqual((await rig.invites.list(ann)).map(({ id }) => id), [anns.id]);
  assert.deepEqual((await rig.invites.list(boss)).map(({ by }) => by), ["bob", "ann"]);
  assert.ok(!JSON.stringify(await rig.invites.list(boss)).includes(anns.invite));
  assert.equal(kindOf(await rig.invites.revoke(ann, bobs.id)), "not_found");
  must(await rig.invites.revoke(ann, anns.id));
  must(await rig.invites.revoke(boss, bobs.id));
  assert.equal(kindOf(await rig.invites.revoke(boss, bobs.id)), "not_found");
  for (const { invite } of [anns, bobs]) {
    assert.equal(kindOf(await rig.register("carol", invite)), "forbidden");
  }
});

Deno.test("AU-1: invitations are in the audit log, with who came by which; no code is kept anywhere", async () => {
  await using rig = await inviteRig();
  const boss = await rig.caller("boss", "admin");
  must(await rig.invites.setPolicy(boss, { members: true }));
  const first = must(await rig.invites.create(boss, {}));
  const second = must(await rig.invites.create(boss, {}));
  must(await rig.register("alice", first.invite));
  must(await rig.invites.revoke(boss, second.id));
  assert.deepEqual(await rig.actions(), [
    ["boss", "invite.policy", null],
    ["boss", "invite.create", `invite:${first.id}`],
    ["boss", "invite.create", `invite:${second.id}`],
    ["alice", "invite.use", `invite:${first.id}`],
    ["boss", "invite.revoke", `invite:${second.id}`],
  ]);
  let kept = JSON.stringify(rig.log.lines);
  for await (const { key, value } of rig.store.kv.list({ prefix: [] })) {
    kept += JSON.stringify([key, value], (_, part) => typeof part === "bigint" ? String(part) : part);
  }
  for (const { invite } of [first, second]) assert.ok(!kept.includes(invite));
});

Deno.test("AU-1: where registration is open or closed there are no invitations", async () => {
  for (const registration of ["open", "closed"] as const) {
    await using rig = await inviteRig(registration);
    const boss = await rig.caller("boss", "admin");
    assert.equal(await rig.invites.may(boss), false);
    assert.equal(kindOf(await rig.invites.create(boss, {})), "conflict");
    const answer = await rig.register("alice", "anything");
    assert.equal(kindOf(answer), registration === "open" ? "answered" : "forbidden");
  }
});
