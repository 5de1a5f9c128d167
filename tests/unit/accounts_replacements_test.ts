import assert from "node:assert/strict";
import type { SessionTokens } from "../../lib/accounts/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must } from "../fakes/accounts_rig.ts";
import { aliceOn, Device, thiefOf } from "../fakes/staying_device.ts";

const dayMs = 24 * 3600_000;
const hourMs = 3600_000;
const newPassword = { current: goodPassword, next: "eight blue kettles" };

Deno.test("AU-13: whoever copied a session is out when its person sets a new password or logs out all others", async () => {
  for (const way of ["password", "others"] as const) {
    await using rig = await accountsRig();
    const device = await aliceOn(rig);
    rig.clock.advance(12 * hourMs);
    await device.renew();
    const before = await device.caller();
    const [thief, late] = [thiefOf(rig, device), thiefOf(rig, device)];
    rig.clock.advance(hourMs);
    // The thief used it first: the device has not noticed yet.
    await thief.renew();
    const caller = await device.caller();
    const tokens = way === "others"
      ? await rig.accounts.revokeOthers(caller, "the connection here")
      : await rig.accounts.changePassword(caller, newPassword, "the connection here");
    device.keep(must(tokens));
    const now = await device.caller();
    assert.notEqual(now.sessionId, before.sessionId);
    assert.deepEqual(rig.bell.replaced, [{
      from: before.sessionId,
      to: now.sessionId,
      expiresAt: now.sessionExpiresAt,
      keep: "the connection here",
    }]);
    for (const one of [thief, late]) {
      assert.equal(kindOf(await one.request()), "unauthorized", way);
      assert.notEqual(kindOf(await one.renewal()), "answered", way);
    }
    rig.clock.advance(hourMs);
    for (const one of [thief, late]) assert.equal(kindOf(await one.renewal()), "unauthorized", way);
    for (let day = 0; day < 40; day++) {
      rig.clock.advance(dayMs);
      await device.renew();
    }
    const { sessions, misused } = await rig.accounts.sessions(await device.caller());
    assert.deepEqual(sessions.map(({ id }) => id), [now.sessionId]);
    assert.deepEqual(misused, [], "nothing of the new one was used twice");
  }
});

Deno.test("AU-13: a thief who renews or asks for the same at that moment stays out", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  for (let round = 0; round < 5; round++) {
    const thief = thiefOf(rig, device);
    const stolen = await thief.caller();
    rig.clock.advance(hourMs);
    const caller = await device.caller();
    const [, , tokens, taken] = await Promise.all([
      thief.renewal(),
      thief.request(),
      rig.accounts.revokeOthers(caller),
      thief.renewal(),
      thief.request(),
    ]);
    for (const answer of [taken, await thief.renewal(), await thief.request()]) {
      if (kindOf(answer) !== "answered") continue;
      // What was given out before the commit opens nothing after it.
      const { token, renewal } = must(answer) as SessionTokens;
      assert.equal(kindOf(await rig.accounts.authenticate(token, rig.origin)), "unauthorized");
      assert.notEqual(kindOf(await thief.renewal(renewal?.credential)), "answered");
    }
    device.keep(must(tokens));
    assert.equal(kindOf(await rig.accounts.revokeOthers(stolen)), "unauthorized", "its session is over");
    await device.caller();
  }
});

Deno.test("AU-13: a new session has no more time than its device was given", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const login = must(await rig.accounts.login(rig.origin, { username: "alice", password: goodPassword }));
  rig.clock.advance(20 * hourMs);
  const caller = must(await rig.accounts.authenticate(login.token, rig.origin));
  const others = must(await rig.accounts.revokeOthers(caller));
  assert.deepEqual([others.expiresAt, others.renewal], [login.expiresAt, undefined]);
  const again = must(await rig.accounts.authenticate(others.token, rig.origin));
  assert.equal(kindOf(await rig.accounts.proof.missing(again)), "forbidden", "it is no proof");
  const password = must(await rig.accounts.changePassword(again, newPassword));
  assert.deepEqual([password.expiresAt, password.renewal], [login.expiresAt, undefined]);
  const last = must(await rig.accounts.authenticate(password.token, rig.origin));
  assert.equal(await rig.accounts.proof.missing(last), null, "the password was one");

  await rig.person("bob");
  const device = await new Device(rig).logIn("bob");
  const start = rig.clock.now();
  while (rig.clock.now() + 29 * dayMs < start + limits.sessionMaxMs) {
    rig.clock.advance(29 * dayMs);
    await device.renew();
    device.keep(must(await rig.accounts.revokeOthers(await device.caller())));
  }
  rig.clock.advance(start + limits.sessionMaxMs - 1 - rig.clock.now());
  await device.renew();
  rig.clock.advance(1);
  assert.equal(kindOf(await device.renewal()), "unauthorized", "a year after the login");
});

Deno.test("AU-11, AU-3: no token outlives the log-out of the session that makes it, and no number at once passes the limit", async () => {
  await using rig = await accountsRig();
  const caller = await (await aliceOn(rig)).caller();
  const body = { name: "Doorbell", scopes: ["read" as const] };
  const many = await Promise.all(
    Array.from({ length: limits.tokensPerPerson + 5 }, () => rig.accounts.createToken(caller, body)),
  );
  assert.equal(many.filter((made) => kindOf(made) === "answered").length, limits.tokensPerPerson);
  must(await rig.accounts.revokeOthers(caller));
  assert.equal(kindOf(await rig.accounts.createToken(caller, body)), "unauthorized");
  assert.deepEqual((await rig.accounts.tokens(caller)).tokens, []);
});
