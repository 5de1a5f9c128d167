import assert from "node:assert/strict";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import { kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { password, twoFactorRig } from "../fakes/two_factor_rig.ts";

const minute = 60_000;

function fieldsOf(answer: unknown): string[] {
  assert.ok(answer instanceof Refusal, "it was not refused");
  return Object.keys(answer.detail.fields ?? {});
}

Deno.test("AU-7: a login of who has an app takes the password and a code, and says so after the right password only", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { secret } = await rig.app(ann);
  const without = await rig.login("ann");
  assert.equal(kindOf(without), "unauthorized");
  assert.deepEqual(fieldsOf(without), ["code"]);
  const wrong = await rig.accounts.login(origin(), { username: "ann", password: "wrong password" });
  assert.deepEqual(fieldsOf(wrong), [], "a wrong password tells nothing of a second factor");
  assert.deepEqual(fieldsOf(await rig.login("ann", "")), ["code"]);
  assert.equal(kindOf(await rig.login("ann", await rig.codeOf(secret))), "answered");
});

Deno.test("AU-7: a code is taken once, also by two logins at the same time", async () => {
  await using rig = await twoFactorRig();
  const { secret } = await rig.app(await rig.person("ann"));
  const code = await rig.codeOf(secret);
  const both = await Promise.all([rig.login("ann", code), rig.login("ann", code)]);
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "unauthorized"]);
  assert.equal(kindOf(await rig.login("ann", code)), "unauthorized");
  rig.clock.advance(30_000);
  assert.equal(kindOf(await rig.login("ann", code)), "unauthorized", "it is still in its time, and used");
  assert.equal(kindOf(await rig.login("ann", await rig.codeOf(secret))), "answered");
});

Deno.test("AU-7: no code from before the last one is taken, even if nobody used it", async () => {
  await using rig = await twoFactorRig();
  const { secret } = await rig.app(await rig.person("ann"));
  const earlier = await rig.codeOf(secret);
  const next = await rig.codeOf(secret, 30);
  assert.equal(kindOf(await rig.login("ann", next)), "answered");
  assert.equal(kindOf(await rig.login("ann", earlier)), "unauthorized");
});

Deno.test("AU-7: clocks may differ by one step either way, and by no more", async () => {
  for (const [offset, taken] of [[-60, false], [-30, true], [0, true], [30, true], [60, false]] as const) {
    await using rig = await twoFactorRig();
    const { secret } = await rig.app(await rig.person("ann"));
    rig.clock.advance(10 * minute);
    const answer = await rig.login("ann", await rig.codeOf(secret, offset));
    assert.equal(kindOf(answer), taken ? "answered" : "unauthorized", String(offset));
  }
});

Deno.test("AU-7: what is no code is refused like a wrong one", async () => {
  const typed = [
    "000000",
    "12345",
    "1234567",
    "abcdef",
    "-12345",
    "１２３４５６",
    "1e5",
    " ",
    "x".repeat(64),
  ];
  for (const code of typed) {
    await using rig = await twoFactorRig();
    await rig.app(await rig.person("ann"));
    assert.deepEqual(fieldsOf(await rig.login("ann", code)), ["code"], code);
  }
});

Deno.test("AU-4: wrong codes count as failures; a login that only asks whether a code is needed does not", async () => {
  await using rig = await twoFactorRig();
  const { secret } = await rig.app(await rig.person("ann"));
  for (let count = 0; count < 20; count++) assert.equal(kindOf(await rig.login("ann")), "unauthorized");
  for (let count = 0; count < limits.loginFailuresPerUser; count++) {
    assert.equal(kindOf(await rig.login("ann", "000000")), "unauthorized");
  }
  assert.equal(kindOf(await rig.login("ann", await rig.codeOf(secret))), "rate_limited");
});

Deno.test("AU-7: a recovery code stands in for the app, once, however it is typed", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { recoveryCodes } = await rig.app(ann);
  assert.equal(recoveryCodes.length, limits.recoveryCodes);
  assert.equal(new Set(recoveryCodes).size, limits.recoveryCodes);
  for (const code of recoveryCodes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
  const [first = "", second = ""] = recoveryCodes;
  assert.equal(kindOf(await rig.login("ann", ` ${first.toLowerCase().replaceAll("-", " ")} `)), "answered");
  assert.equal(kindOf(await rig.login("ann", first)), "unauthorized");
  const both = await Promise.all([rig.login("ann", second), rig.login("ann", second)]);
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "unauthorized"], "one of two wins");
  assert.equal((await rig.twoFactor.state(ann)).recoveryCodes, limits.recoveryCodes - 2);
  must(await rig.twoFactor.newRecoveryCodes(ann, { password }));
  assert.equal(kindOf(await rig.login("ann", recoveryCodes[2])), "unauthorized", "new ones end the old ones");
});

Deno.test("AU-7: recovery codes and secrets lie in the store as little as can be, and in no log", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { secret, recoveryCodes } = await rig.app(ann);
  await rig.login("ann", recoveryCodes[0]);
  let stored = "";
  for await (const { key, value } of rig.store.kv.list({ prefix: [] })) {
    stored += JSON.stringify([key, value], (_, part) => typeof part === "bigint" ? String(part) : part);
  }
  for (const code of recoveryCodes) {
    assert.ok(!stored.includes(code) && !stored.includes(code.replaceAll("-", "")));
  }
  const logged = JSON.stringify(rig.log.lines);
  for (const hidden of [secret, password, ...recoveryCodes]) assert.ok(!logged.includes(hidden));
});

Deno.test("AU-7: an app counts once a code of it was given, within its time and for its own secret", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  assert.equal(kindOf(await rig.twoFactor.confirmTotp(ann, { code: "123456" })), "conflict");
  const { secret: first } = must(await rig.twoFactor.beginTotp(ann, { password }));
  const { secret, uri } = must(await rig.twoFactor.beginTotp(ann, { password }));
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(new URL(uri).searchParams.get("secret"), secret);
  assert.notEqual(first, secret);
  assert.equal((await rig.twoFactor.state(ann)).totp, false);
  assert.equal(kindOf(await rig.login("ann")), "answered", "nothing counts yet");
  const early = await rig.twoFactor.confirmTotp(ann, { code: await rig.codeOf(first) });
  assert.deepEqual(fieldsOf(early), ["code"]);
  rig.clock.advance(limits.totpPendingMs);
  const late = await rig.twoFactor.confirmTotp(ann, { code: await rig.codeOf(secret) });
  assert.equal(kindOf(late), "conflict");
  await rig.app(ann);
  assert.equal((await rig.twoFactor.state(ann)).totp, true);
  assert.equal(kindOf(await rig.twoFactor.beginTotp(ann, { password })), "conflict");
});

Deno.test("AU-7: a session alone changes nothing: the password is asked for, and its wrong tries count", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const wrong = { password: "not the password" };
  assert.deepEqual(fieldsOf(await rig.twoFactor.beginTotp(ann, wrong)), ["password"]);
  assert.deepEqual(fieldsOf(await rig.twoFactor.newRecoveryCodes(ann, wrong)), ["password"]);
  assert.deepEqual(fieldsOf(await rig.twoFactor.removePasskey(ann, "id", wrong)), ["password"]);
  assert.deepEqual(fieldsOf(await rig.twoFactor.removeTotp(ann, { ...wrong, code: "1" })), ["password"]);
  const place = { rpId: "localhost", origin: "http://localhost" };
  assert.deepEqual(fieldsOf(await rig.twoFactor.passkeyOptions(ann, place, wrong)), ["password"]);
  assert.equal(kindOf(await rig.twoFactor.beginTotp(ann, { password })), "rate_limited");
});

Deno.test("AU-7: guesses at the code that confirms an app are counted", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  must(await rig.twoFactor.beginTotp(ann, { password }));
  for (let count = 0; count < limits.loginFailuresPerUser; count++) {
    assert.equal(kindOf(await rig.twoFactor.confirmTotp(ann, { code: "000000" })), "invalid_params");
  }
  assert.equal(kindOf(await rig.twoFactor.confirmTotp(ann, { code: "000000" })), "rate_limited");
});

Deno.test("AU-7: removing the app takes the password and a code, and the recovery codes with it", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { secret } = await rig.app(ann);
  assert.deepEqual(fieldsOf(await rig.twoFactor.removeTotp(ann, { password, code: "" })), ["code"]);
  assert.deepEqual(fieldsOf(await rig.twoFactor.removeTotp(ann, { password, code: "000000" })), ["code"]);
  assert.equal(must(await rig.twoFactor.removeTotp(ann, { password, code: await rig.codeOf(secret) })), true);
  const { totp, recoveryCodes } = await rig.twoFactor.state(ann);
  assert.deepEqual({ totp, recoveryCodes }, { totp: false, recoveryCodes: 0 });
  assert.equal(kindOf(await rig.login("ann")), "answered");
  assert.equal(kindOf(await rig.twoFactor.newRecoveryCodes(ann, { password })), "conflict");
});
