import assert from "node:assert/strict";
import { limits, type ProofShown, Refusal } from "../../lib/protocol/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { password, place, twoFactorRig } from "../fakes/two_factor_rig.ts";

type Rig = Awaited<ReturnType<typeof twoFactorRig>>;

async function logIn(rig: Rig, username = "alice"): Promise<Caller> {
  const { token } = must(await rig.accounts.login(rig.origin, { username, password }));
  return must(await rig.accounts.authenticate(token, rig.origin));
}

const isFresh = async (rig: Rig, caller: Caller) => await rig.accounts.proof.missing(caller) === null;

Deno.test("AU-13: a login is a proof for ten minutes, and each kind of proof is one again", async () => {
  await using rig = await twoFactorRig();
  await rig.person("alice");
  const caller = await logIn(rig);
  assert.ok(await isFresh(rig, caller));
  const { secret, recoveryCodes } = await rig.app(caller);
  const { key } = await rig.passkey(caller);
  const proofs: (() => Promise<ProofShown>)[] = [
    () => Promise.resolve({ password }),
    async () => ({ code: await rig.codeOf(secret) }),
    () => Promise.resolve({ code: recoveryCodes[0]! }),
    async () => {
      const { challenge } = must(await rig.twoFactor.proveOptions(caller, place));
      return { response: await key.get(challenge, place.origin) };
    },
  ];
  for (const shown of proofs) {
    rig.clock.advance(limits.proofMs);
    assert.equal(await isFresh(rig, caller), false);
    const refused = await rig.accounts.proof.missing(caller);
    assert.ok(refused instanceof Refusal && refused.detail.proof === true && refused.kind === "forbidden");
    const { until } = must(await rig.twoFactor.prove(caller, await shown()));
    assert.equal(Date.parse(until), rig.clock.now() + limits.proofMs);
    rig.clock.advance(limits.proofMs - 1);
    assert.ok(await isFresh(rig, caller));
  }
});

Deno.test("AU-13: a proof is for its session alone, and a renewal is none", async () => {
  await using rig = await twoFactorRig();
  await rig.person("alice");
  await rig.person("bob");
  const [one, two] = [await logIn(rig), await logIn(rig)];
  rig.clock.advance(limits.proofMs);
  must(await rig.twoFactor.prove(one, { password }));
  assert.ok(await isFresh(rig, one));
  assert.equal(await isFresh(rig, two), false);
  const bob = await logIn(rig, "bob");
  assert.equal(await isFresh(rig, { ...bob, sessionId: one.sessionId }), false, "somebody else's session");
  assert.equal(await isFresh(rig, { ...one, sessionId: "none" }), false, "no session");
  const login = must(await rig.accounts.login(rig.origin, { username: "alice", password, stay: true }));
  rig.clock.advance(limits.proofMs);
  const renewed = must(await rig.accounts.renew(login.renewal!.credential, rig.origin));
  const caller = must(await rig.accounts.authenticate(renewed.token, rig.origin));
  assert.equal(await isFresh(rig, caller), false);
});

Deno.test("AU-13: wrong proofs prove nothing, are counted for the session, and send nobody to the login", async () => {
  await using rig = await twoFactorRig();
  await rig.person("alice");
  await rig.person("bob");
  const [caller, other] = [await logIn(rig), await logIn(rig)];
  const { secret } = await rig.app(caller);
  await rig.passkey(caller);
  const bob = await logIn(rig, "bob");
  const { key: bobsKey } = await rig.passkey(bob);
  const plain = await rig.person("carol").then(() => logIn(rig, "carol"));
  rig.clock.advance(limits.proofMs);
  const used = await rig.codeOf(secret);
  must(await rig.twoFactor.prove(other, { code: used }));
  const wrong: ProofShown[] = [{ password: "a guess" }, { code: used }, { code: "000000" }];
  for (const shown of wrong) assert.equal(kindOf(await rig.twoFactor.prove(caller, shown)), "forbidden");
  const asked = must(await rig.twoFactor.proveOptions(caller, place)).challenge;
  const response = await bobsKey.get(asked, place.origin);
  assert.equal(kindOf(await rig.twoFactor.prove(caller, { response })), "forbidden", "another's passkey");
  const login = must(await rig.twoFactor.loginOptions(rig.origin, place)).challenge;
  const forLogin = await bobsKey.get(login, place.origin);
  assert.equal(
    kindOf(await rig.twoFactor.prove(bob, { response: forLogin })),
    "forbidden",
    "made for a login",
  );
  assert.equal(kindOf(await rig.twoFactor.prove(plain, { code: "123456" })), "conflict", "who has no codes");
  for (const one of [caller, bob, plain]) assert.equal(await isFresh(rig, one), false);
  assert.equal(kindOf(await rig.twoFactor.prove(caller, { password: "a guess" })), "forbidden");
  assert.equal(kindOf(await rig.twoFactor.prove(caller, { password })), "rate_limited");
});

Deno.test("AU-13: a password that a call asks for itself is a proof too; an old session has none", async () => {
  await using rig = await twoFactorRig();
  await rig.person("alice");
  const caller = await logIn(rig);
  rig.clock.advance(limits.proofMs);
  must(await rig.twoFactor.beginTotp(caller, { password }));
  assert.ok(await isFresh(rig, caller));
  const { provenAt: _, ...old } = (await rig.accountsStore.session(caller.sessionId))!;
  await rig.store.committer.commit({ sets: [{ key: ["session", caller.sessionId], value: old }] });
  assert.equal(await isFresh(rig, caller), false);
});

Deno.test("AU-13: a clock that is set back makes no proof last longer", async () => {
  await using rig = await twoFactorRig();
  await rig.person("alice");
  const caller = await logIn(rig);
  rig.clock.advance(-limits.proofMs - 1);
  assert.equal(await isFresh(rig, caller), false, "the proof is of a time that is still to come");
  must(await rig.twoFactor.prove(caller, { password }));
  assert.ok(await isFresh(rig, caller));
});
