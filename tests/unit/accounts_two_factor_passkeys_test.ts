import assert from "node:assert/strict";
import { english, limits, type PasskeyCreated, Refusal } from "../../lib/protocol/mod.ts";
import { kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { Authenticator, type Forgery, newKeys } from "../fakes/authenticator.ts";
import { password, place, twoFactorRig } from "../fakes/two_factor_rig.ts";

Deno.test("AU-7: a passkey is registered and opens the account without a name or a password", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { key, recoveryCodes } = await rig.passkey(ann);
  assert.equal(recoveryCodes?.length, limits.recoveryCodes, "the first factor brings recovery codes");
  assert.equal((await rig.passkey(ann, "Phone")).recoveryCodes, null, "a later one does not");
  const login = must(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) }));
  assert.equal(login.user.username, "ann");
  const caller = must(await rig.accounts.authenticate(login.token, origin()));
  assert.equal(caller.userId, ann.userId);
  const { passkeys } = await rig.twoFactor.state(ann);
  assert.deepEqual(passkeys.map(({ name, lastUsedAt }) => [name, lastUsedAt !== null]), [
    ["Laptop", true],
    ["Phone", false],
  ]);
});

Deno.test("AU-7: who has passkeys only is told to use one, or a recovery code", async () => {
  await using rig = await twoFactorRig();
  const { recoveryCodes } = await rig.passkey(await rig.person("ann"));
  const refused = await rig.login("ann");
  assert.ok(refused instanceof Refusal && refused.kind === "unauthorized");
  assert.equal(refused.detail.fields?.code, "field.recoveryCode");
  assert.equal(kindOf(await rig.login("ann", "123456")), "unauthorized");
  assert.equal(kindOf(await rig.login("ann", recoveryCodes?.[0])), "answered");
});

Deno.test("AU-7: an answer with a wrong part opens nothing, and each wrong part says the same", async () => {
  await using rig = await twoFactorRig();
  const { key } = await rig.passkey(await rig.person("ann"));
  const bob = await rig.person("bob");
  const handle = new TextEncoder().encode(bob.userId).toBase64({ alphabet: "base64url", omitPadding: true });
  const forgeries: [string, Forgery][] = [
    ["origin", { origin: "http://localhost:9000" }],
    ["site", { origin: "https://evil.example", rpId: "evil.example" }],
    ["rpId", { rpId: "evil.example" }],
    ["challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["type", { type: "webauthn.create" }],
    ["unverified", { unverified: true }],
    ["key", { keys: await newKeys() }],
    ["handle", { userHandle: handle }],
  ];
  const messages = new Set<string>();
  for (const [what, forged] of forgeries) {
    const answer = await rig.twoFactor.login(origin(`192.0.2.${messages.size + what.length}`), {
      response: await rig.answerOf(key, forged),
    });
    // The throttle of one passkey is not what this is about.
    rig.clock.advance(2 * limits.loginWindowMs);
    assert.ok(answer instanceof Refusal && answer.kind === "unauthorized", what);
    messages.add(english(answer.message));
  }
  assert.equal(messages.size, 1);
  assert.equal(
    kindOf(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) })),
    "answered",
  );
});

Deno.test("AU-7: a challenge is answered once, within its time", async () => {
  await using rig = await twoFactorRig();
  const { key } = await rig.passkey(await rig.person("ann"));
  const response = await rig.answerOf(key);
  assert.equal(kindOf(await rig.twoFactor.login(origin(), { response })), "answered");
  assert.equal(kindOf(await rig.twoFactor.login(origin(), { response })), "unauthorized");
  const late = await rig.answerOf(key);
  rig.clock.advance(limits.challengeMs);
  assert.equal(kindOf(await rig.twoFactor.login(origin(), { response: late })), "unauthorized");
  const twice = await rig.answerOf(key);
  const both = await Promise.all([
    rig.twoFactor.login(origin(), { response: twice }),
    rig.twoFactor.login(origin(), { response: twice }),
  ]);
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "unauthorized"]);
});

Deno.test("AU-7: a counter that does not rise is a copied key, and is refused", async () => {
  await using rig = await twoFactorRig();
  const { key } = await rig.passkey(await rig.person("ann"));
  key.counter = 5;
  assert.equal(
    kindOf(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) })),
    "answered",
  );
  for (const counter of [6, 5, 1, 0]) {
    const response = await rig.answerOf(key, { counter });
    assert.equal(kindOf(await rig.twoFactor.login(origin(), { response })), "unauthorized", String(counter));
  }
  const response = await rig.answerOf(key, { counter: 7 });
  assert.equal(kindOf(await rig.twoFactor.login(origin(), { response })), "answered");
});

Deno.test("AU-7: the challenge of a login registers nothing, and that of another session neither", async () => {
  await using rig = await twoFactorRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const key = await Authenticator.make();
  const add = (caller: typeof ann, response: PasskeyCreated) =>
    rig.twoFactor.addPasskey(caller, { name: "Key", response });
  const login = must(await rig.twoFactor.loginOptions(origin(), place));
  assert.equal(kindOf(await add(ann, await key.create(login.challenge, place.origin))), "invalid_params");
  const options = async () => must(await rig.twoFactor.passkeyOptions(ann, place, { password })).challenge;
  assert.equal(kindOf(await add(bob, await key.create(await options(), place.origin))), "invalid_params");
  const other = { ...ann, sessionId: "another" };
  assert.equal(kindOf(await add(other, await key.create(await options(), place.origin))), "invalid_params");
  for (
    const forged of [{ origin: "https://evil.example" }, { rpId: "evil.example" }, { unverified: true }, {
      type: "webauthn.get",
    }] as Forgery[]
  ) {
    const response = await key.create(await options(), place.origin, forged);
    assert.equal(kindOf(await add(ann, response)), "invalid_params", JSON.stringify(forged));
  }
  assert.deepEqual((await rig.twoFactor.state(ann)).passkeys, []);
  const good = await key.create(await options(), place.origin);
  assert.equal(kindOf(await add(ann, good)), "answered");
  assert.equal(kindOf(await add(ann, good)), "invalid_params", "the challenge is used up");
});

Deno.test("AU-7: one passkey is one person's", async () => {
  await using rig = await twoFactorRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const { key } = await rig.passkey(ann);
  const { challenge } = must(await rig.twoFactor.passkeyOptions(bob, place, { password }));
  const response = await key.create(challenge, place.origin);
  assert.equal(kindOf(await rig.twoFactor.addPasskey(bob, { name: "Key", response })), "conflict");
  const login = must(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) }));
  assert.equal(login.user.username, "ann");
});

Deno.test("AU-7: a removed passkey opens nothing, and somebody else's is not there to remove", async () => {
  await using rig = await twoFactorRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const { key } = await rig.passkey(ann);
  assert.equal(kindOf(await rig.twoFactor.removePasskey(bob, key.id, { password })), "not_found");
  assert.equal(must(await rig.twoFactor.removePasskey(ann, key.id, { password })), true);
  assert.equal(kindOf(await rig.twoFactor.removePasskey(ann, key.id, { password })), "not_found");
  assert.equal(
    kindOf(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) })),
    "unauthorized",
  );
  assert.equal(kindOf(await rig.login("ann")), "answered");
});

Deno.test("AU-7: challenges of an address are bounded, and an address without a name gets none", async () => {
  await using rig = await twoFactorRig();
  for (let count = 0; count < limits.challengesPerAddress; count++) {
    assert.equal(kindOf(await rig.twoFactor.loginOptions(origin(), place)), "answered");
  }
  const full = await rig.twoFactor.loginOptions(origin(), place);
  assert.ok(full instanceof Refusal && full.kind === "rate_limited" && full.detail.retryAfterMs! > 0);
  assert.equal(kindOf(await rig.twoFactor.loginOptions(origin("192.0.2.9"), place)), "answered");
  rig.clock.advance(limits.challengeMs);
  assert.equal(kindOf(await rig.twoFactor.loginOptions(origin(), place)), "answered");
  for (const rpId of ["127.0.0.1", "[::1]"]) {
    const nameless = { rpId, origin: `http://${rpId}:8000` };
    assert.equal(kindOf(await rig.twoFactor.loginOptions(origin(), nameless)), "conflict", rpId);
  }
});
