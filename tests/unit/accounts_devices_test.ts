import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { password, twoFactorRig } from "../fakes/two_factor_rig.ts";

type Rig = Awaited<ReturnType<typeof accountsRig>>;

const right = { username: "alice", password: goodPassword };
const wrong = { ...right, password: "not her password" };

/** Strangers at many addresses try wrong passwords for a name until it is limited. */
async function burst(rig: Rig, username: string): Promise<void> {
  for (let at = 0; at < 2 * limits.loginFailuresPerUser; at++) {
    await rig.accounts.login(origin(`198.51.100.${at}`), { username, password: "a stranger's guess" });
  }
  const refused = await rig.accounts.login(origin("203.0.113.1"), { username, password: goodPassword });
  assert.equal(kindOf(refused), "rate_limited");
}

Deno.test("AU-4: strangers with a name cannot lock out a device that logged in before", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { deviceToken } = must(await rig.accounts.login(rig.origin, right));
  await burst(rig, "alice");
  must(await rig.accounts.login(rig.origin, { ...right, username: "ALICE" }, deviceToken));
  assert.equal(
    kindOf(await rig.accounts.login(rig.origin, right)),
    "rate_limited",
    "its success helps no stranger",
  );
});

Deno.test("AU-4: strangers at the same address cannot lock out a device that logged in before", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { deviceToken } = must(await rig.accounts.login(rig.origin, right));
  for (let at = 0; at < limits.loginFailuresPerAddress; at++) {
    await rig.accounts.login(rig.origin, { username: `name-${at}`, password: "whatever" });
  }
  assert.equal(kindOf(await rig.accounts.login(rig.origin, right)), "rate_limited");
  must(await rig.accounts.login(rig.origin, right, deviceToken));
});

Deno.test("AU-4: a known device has a limit of its own, wherever it is, and keeps it after another login", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const first = must(await rig.accounts.login(rig.origin, right)).deviceToken;
  const { deviceToken } = must(await rig.accounts.login(rig.origin, right, first));
  for (let at = 0; at < limits.loginFailuresPerUser; at++) {
    const token = at % 2 === 0 ? first : deviceToken;
    assert.equal(kindOf(await rig.accounts.login(origin(`192.0.2.${at}`), wrong, token)), "unauthorized");
  }
  assert.equal(kindOf(await rig.accounts.login(rig.origin, right, deviceToken)), "rate_limited");
  must(await rig.accounts.login(rig.origin, right));
});

Deno.test("AU-4: a device token is for its own name only, and for a time", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  await rig.person("mallory");
  const mallorys = must(await rig.accounts.login(rig.origin, { ...right, username: "mallory" })).deviceToken;
  const { deviceToken } = must(await rig.accounts.login(rig.origin, right));
  await burst(rig, "alice");
  for (const token of [mallorys, `${deviceToken}x`, "", "a.b.c", "x".repeat(5000)]) {
    assert.equal(
      kindOf(await rig.accounts.login(rig.origin, right, token)),
      "rate_limited",
      token.slice(0, 20),
    );
  }
  must(await rig.accounts.login(rig.origin, right, deviceToken));
  rig.clock.advance(limits.deviceTokenMs + 1000);
  await burst(rig, "alice");
  assert.equal(kindOf(await rig.accounts.login(rig.origin, right, deviceToken)), "rate_limited");
});

Deno.test("AU-4: a device token opens nothing, and no session's token makes a device known", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { token, deviceToken } = must(await rig.accounts.login(rig.origin, right));
  assert.equal(kindOf(await rig.accounts.authenticate(deviceToken, rig.origin)), "unauthorized");
  assert.equal(kindOf(await rig.accounts.login(rig.origin, wrong, deviceToken)), "unauthorized");
  await burst(rig, "alice");
  assert.equal(kindOf(await rig.accounts.login(rig.origin, right, token)), "rate_limited");
});

Deno.test("AU-4: a new password makes other devices strangers, and this one stays known", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const other = must(await rig.accounts.login(rig.origin, right)).deviceToken;
  const { token } = must(await rig.accounts.login(rig.origin, right));
  const caller = must(await rig.accounts.authenticate(token, rig.origin));
  rig.clock.advance(1);
  const next = "eight blue kettles";
  const here = must(await rig.accounts.changePassword(caller, { current: goodPassword, next })).deviceToken;
  await burst(rig, "alice");
  const login = { username: "alice", password: next };
  assert.equal(kindOf(await rig.accounts.login(rig.origin, login, other)), "rate_limited");
  must(await rig.accounts.login(rig.origin, login, here));
});

Deno.test("AU-4: what strangers do with the name does not stop confirmations in an active session", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { token } = must(await rig.accounts.login(rig.origin, right));
  const caller = must(await rig.accounts.authenticate(token, rig.origin));
  await burst(rig, "alice");
  must(await rig.accounts.changePassword(caller, { current: goodPassword, next: "eight blue kettles" }));
});

Deno.test("AU-4: a session's own wrong confirmations are counted for that session", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const session = async () => {
    const { token } = must(await rig.accounts.login(rig.origin, right));
    return must(await rig.accounts.authenticate(token, rig.origin));
  };
  const [stolen, own] = [await session(), await session()];
  const change = (caller: typeof own, current: string) =>
    rig.accounts.changePassword(caller, { current, next: "eight blue kettles" });
  for (let at = 0; at < limits.loginFailuresPerUser; at++) {
    assert.equal(
      kindOf(await change({ ...stolen, address: `192.0.2.${at}` }, "a guess of a thief")),
      "forbidden",
    );
  }
  assert.equal(kindOf(await change(stolen, goodPassword)), "rate_limited");
  must(await rig.accounts.login(rig.origin, right));
  must(await change(own, goodPassword));
});

Deno.test("AU-4: a passkey on a known device is not locked out by strangers at the same address", async () => {
  await using rig = await twoFactorRig();
  const ann = await rig.person("ann");
  const { key } = await rig.passkey(ann);
  const { deviceToken } = must(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) }));
  for (let at = 0; at < limits.loginFailuresPerAddress; at++) {
    await rig.accounts.login(origin(), { username: `name-${at}`, password });
  }
  const response = await rig.answerOf(key);
  assert.equal(kindOf(await rig.twoFactor.login(origin(), { response })), "rate_limited");
  must(await rig.twoFactor.login(origin(), { response: await rig.answerOf(key) }, deviceToken));
});
