import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { password, twoFactorRig } from "../fakes/two_factor_rig.ts";

type Rig = Awaited<ReturnType<typeof twoFactorRig>>;

/** An administrator who has a second factor, so that requiring one does not lock them out. */
async function admin(rig: Rig): Promise<Caller> {
  const caller = await rig.person("boss");
  const { value } = await rig.store.kv.get<object>(["user", caller.userId]);
  await rig.store.kv.set(["user", caller.userId], { ...value, role: "admin" });
  rig.accountsStore.forget(caller.userId);
  return { ...caller, role: "admin" };
}

async function tokenOf(rig: Rig, username: string): Promise<string> {
  return must(await rig.login(username)).token;
}

Deno.test("AU-7: who lacks the second factor of their role gets in nowhere but where the place says so", async () => {
  await using rig = await twoFactorRig();
  const root = await admin(rig);
  const ann = await rig.person("ann");
  const token = await tokenOf(rig, "ann");
  const { ticket } = must(await rig.accounts.issueTicket(ann));
  assert.equal(kindOf(await rig.accounts.authenticate(token, origin())), "answered");
  must(await rig.twoFactor.setPolicy(root, { roles: ["member"] }));
  const refused = await rig.accounts.authenticate(token, origin());
  assert.ok(refused instanceof Refusal && refused.kind === "forbidden");
  assert.match(english(refused.message), /second factor/);
  assert.equal(kindOf(await rig.accounts.redeemTicket(ticket, origin())), "unauthorized");
  assert.equal(kindOf(await rig.accounts.user(ann)), "forbidden", "a socket that was just let in");
  assert.equal(kindOf(await rig.accounts.authenticate(token, origin(), ["suspended"])), "forbidden");
  const let_in = must(await rig.accounts.authenticate(token, origin(), ["two_factor"]));
  assert.equal(let_in.restriction, "two_factor");
  assert.equal(kindOf(await rig.login("ann")), "answered", "a login is how one gets to set it up");
  await rig.app(ann);
  assert.equal(must(await rig.accounts.authenticate(token, origin())).restriction, undefined);
});

Deno.test("AU-7: a passkey fulfils the requirement too; other roles are not asked", async () => {
  await using rig = await twoFactorRig();
  const root = await admin(rig);
  const ann = await rig.person("ann");
  const token = await tokenOf(rig, "ann");
  must(await rig.twoFactor.setPolicy(root, { roles: ["moderator"] }));
  assert.equal(kindOf(await rig.accounts.authenticate(token, origin())), "answered");
  must(await rig.twoFactor.setPolicy(root, { roles: ["member", "moderator"] }));
  await rig.passkey(ann);
  assert.equal(kindOf(await rig.accounts.authenticate(token, origin())), "answered");
});

Deno.test("AU-7: requiring it cuts off those who are connected without one, and nobody else", async () => {
  await using rig = await twoFactorRig();
  const root = await admin(rig);
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  await rig.app(bob);
  for (const { userId } of [root, ann, bob]) rig.bell.connected.add(userId);
  must(await rig.twoFactor.setPolicy(root, { roles: ["member"] }));
  assert.deepEqual(rig.bell.closedUsers, [`${ann.userId} sessionOver`]);
});

Deno.test("AU-7: the last second factor stays while the role needs one", async () => {
  await using rig = await twoFactorRig();
  const root = await admin(rig);
  const ann = await rig.person("ann");
  const { secret } = await rig.app(ann);
  const { key } = await rig.passkey(ann);
  must(await rig.twoFactor.setPolicy(root, { roles: ["member"] }));
  assert.equal((await rig.twoFactor.state(ann)).required, true);
  assert.equal(must(await rig.twoFactor.removePasskey(ann, key.id, { password })), true);
  const last = await rig.twoFactor.removeTotp(ann, { password, code: await rig.codeOf(secret) });
  assert.equal(kindOf(last), "conflict");
  assert.equal((await rig.twoFactor.state(ann)).totp, true);
  must(await rig.twoFactor.setPolicy(root, { roles: [] }));
  rig.clock.advance(60_000);
  assert.equal(
    kindOf(await rig.twoFactor.removeTotp(ann, { password, code: await rig.codeOf(secret) })),
    "answered",
  );
});

Deno.test("AU-7: only administrators require and reset it, and each change is in the audit log", async () => {
  await using rig = await twoFactorRig();
  const root = await admin(rig);
  const ann = await rig.person("ann");
  await rig.app(ann);
  const token = must(await rig.login("ann", await codeFor(rig, ann))).token;
  for (const caller of [ann, { ...ann, role: "moderator" as const }]) {
    assert.equal(kindOf(await rig.twoFactor.policy(caller)), "not_found");
    assert.equal(kindOf(await rig.twoFactor.setPolicy(caller, { roles: [] })), "not_found");
    assert.equal(kindOf(await rig.twoFactor.reset(caller, "boss", { reason: "x" })), "not_found");
  }
  must(await rig.twoFactor.setPolicy(root, { roles: ["admin", "member"] }));
  must(await rig.twoFactor.setPolicy(root, { roles: ["member", "admin"] }));
  assert.deepEqual(must(await rig.twoFactor.policy(root)), { roles: ["member", "admin"] });
  assert.equal(kindOf(await rig.twoFactor.reset(root, "nobody", { reason: "lost" })), "not_found");
  assert.equal(kindOf(await rig.twoFactor.reset(root, "boss", { reason: "lost" })), "conflict");
  must(await rig.twoFactor.reset(root, "ann", { reason: "Lost the phone." }));
  assert.equal((await rig.twoFactor.state(ann)).totp, false);
  assert.equal(kindOf(await rig.accounts.authenticate(token, origin(), ["two_factor"])), "unauthorized");
  const entries: unknown[] = [];
  for await (const { value } of rig.store.kv.list<Record<string, unknown>>({ prefix: ["audit"] })) {
    entries.push([value.actor, value.action, value.subject, value.reason]);
  }
  assert.deepEqual(entries, [
    ["boss", "two_factor.require", null, null],
    ["boss", "user.two_factor_reset", "ann", "Lost the phone."],
  ], "what changes nothing is not written");
});

async function codeFor(rig: Rig, { userId }: Caller): Promise<string> {
  const { totp } = await rig.twoFactorStore.of(userId);
  return await rig.codeOf(totp!.secret);
}
