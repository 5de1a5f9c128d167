import assert from "node:assert/strict";
import { Accounts } from "../../lib/accounts/mod.ts";
import { limits, sessionList } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must } from "../fakes/accounts_rig.ts";
import { aliceOn, Device, thiefOf } from "../fakes/staying_device.ts";

const dayMs = 24 * 3600_000;
const hourMs = 3600_000;
const newPassword = { current: goodPassword, next: "eight blue kettles" };

Deno.test("AU-13: a session is renewed only where its person wanted it", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const login = must(await rig.accounts.login(rig.origin, { username: "alice", password: goodPassword }));
  assert.equal(login.renewal, undefined);
  const caller = must(await rig.accounts.authenticate(login.token, rig.origin));
  for (const wrong of [login.token, login.deviceToken, "", "\u0000", "\ud800", "x".repeat(100_000)]) {
    assert.equal(kindOf(await rig.accounts.renew(wrong, rig.origin)), "unauthorized");
  }
  const { sessions } = await rig.accounts.sessions(caller);
  assert.deepEqual(sessions.map(({ stays }) => stays), [false]);
});

Deno.test("AU-13: a device stays logged in for 40 days, each token for 24 hours", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const { sessionId } = await device.caller();
  for (let halfDays = 0; halfDays < 80; halfDays++) {
    rig.clock.advance(dayMs / 2);
    const before = await device.caller();
    await device.renew();
    const caller = await device.caller();
    assert.equal(caller.sessionId, sessionId, "the session is the same");
    assert.equal(Date.parse(caller.sessionExpiresAt), rig.clock.now() + dayMs);
    assert.ok(caller.sessionExpiresAt > before.sessionExpiresAt);
  }
  rig.clock.advance(dayMs);
  assert.equal(kindOf(await device.request()), "unauthorized", "no token is longer than a day");
  await device.renew();
  await device.caller();
  assert.equal(rig.bell.renewed.length, 81, "open sockets hear of each renewal");
  assert.equal(rig.bell.renewed[0]!.sessionId, sessionId);
  assert.deepEqual(rig.bell.closedSessions, []);
});

Deno.test("AU-13: a laptop that slept for a week goes on, and after 30 days without use it logs in again", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  rig.clock.advance(7 * dayMs);
  assert.equal(kindOf(await device.request()), "unauthorized");
  await device.renew();
  await device.caller();
  rig.clock.advance(limits.renewMs - 1);
  await device.renew();
  rig.clock.advance(limits.renewMs);
  assert.equal(kindOf(await device.renewal()), "unauthorized");
  assert.deepEqual((await rig.accounts.sessions(await (await new Device(rig).logIn()).caller())).misused, []);
});

Deno.test("AU-13: a year after its login a session ends, however much it is used", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const loginAt = rig.clock.now();
  while (rig.clock.now() + 29 * dayMs < loginAt + limits.sessionMaxMs) {
    rig.clock.advance(29 * dayMs);
    await device.renew();
  }
  rig.clock.advance(loginAt + limits.sessionMaxMs - 1 - rig.clock.now());
  await device.renew();
  rig.clock.advance(1);
  assert.equal(kindOf(await device.renewal()), "unauthorized");
  assert.equal(kindOf(await device.request()), "unauthorized");
});

Deno.test("AU-13: a credential that was stolen and used after the device renewed ends the session", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const other = await new Device(rig).logIn();
  const { sessionId, userId } = await device.caller();
  const thief = thiefOf(rig, device);
  rig.clock.advance(12 * hourMs);
  await device.renew();
  rig.clock.advance(limits.renewSettleMs);
  await device.caller();
  assert.equal(kindOf(await thief.renewal()), "unauthorized");
  assert.equal(kindOf(await device.request()), "unauthorized", "the session is over");
  assert.equal(kindOf(await device.renewal()), "unauthorized");
  assert.deepEqual(rig.bell.closedSessions, [sessionId]);
  const told = rig.bell.notified.filter(({ method }) => method === "session.misused");
  assert.deepEqual(told.map((one) => one.userId), [userId]);
  const list = await rig.accounts.sessions(await other.caller());
  assert.ok(sessionList.safeParse(list).success);
  assert.deepEqual(list.misused.map(({ id, agent }) => [id, agent?.browser]), [[sessionId, "Firefox"]]);
  must(await rig.accounts.revoke(await other.caller(), sessionId));
  assert.deepEqual((await rig.accounts.sessions(await other.caller())).misused, [], "read");
});

Deno.test("AU-13: a credential that the thief used first ends the session when the device comes", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const thief = thiefOf(rig, device);
  rig.clock.advance(hourMs);
  await thief.renew();
  rig.clock.advance(limits.renewSettleMs);
  await thief.caller();
  assert.equal(kindOf(await device.renewal()), "unauthorized");
  assert.equal(kindOf(await thief.request()), "unauthorized");
  assert.equal(kindOf(await thief.renewal()), "unauthorized");
});

Deno.test("AU-13: whatever the order and the waits, two holders of one credential are found", async () => {
  const waits = [0, 1000, limits.renewSettleMs, hourMs, dayMs];
  for (const firstIsThief of [false, true]) {
    for (const requests of [false, true]) {
      for (const [at, firstWait] of waits.entries()) {
        const secondWait = waits[(at + 2) % waits.length]!;
        await using rig = await accountsRig();
        const device = await aliceOn(rig);
        const thief = thiefOf(rig, device);
        rig.clock.advance(hourMs);
        const turns = firstIsThief ? [thief, device] : [device, thief];
        let rounds = 0;
        let over = false;
        while (!over) {
          assert.ok(rounds++ < 4, `${firstIsThief} ${requests} ${firstWait} ${secondWait}`);
          for (const one of turns) {
            rig.clock.advance(one === turns[0] ? firstWait : secondWait);
            const answer = await one.renewal();
            over ||= kindOf(answer) === "unauthorized";
            if (over) break;
            const { token, renewal } = must(answer);
            one.token = token;
            one.credential = renewal?.credential ?? one.credential;
            if (requests) await one.caller();
          }
          // Their next renewals are hours later.
          rig.clock.advance(12 * hourMs);
        }
        assert.equal(kindOf(await device.request()), "unauthorized");
        assert.equal(kindOf(await thief.request()), "unauthorized");
      }
    }
  }
});

Deno.test("AU-13: a lost answer logs nobody out, however often and whenever it is lost", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  for (const waitMs of [0, 1000, limits.renewSettleMs, hourMs, 2 * dayMs]) {
    rig.clock.advance(waitMs);
    // The commit is there, the answer never came.
    must(await device.renewal());
    must(await device.renewal());
    await device.renew();
    await device.caller();
    rig.clock.advance(hourMs);
    await device.caller();
  }
  assert.deepEqual(rig.bell.closedSessions, []);
});

Deno.test("AU-13: ten tabs that renew at once stay logged in, whichever answer comes last", async () => {
  for (let last = 0; last < 10; last++) {
    await using rig = await accountsRig();
    const device = await aliceOn(rig);
    rig.clock.advance(30 * hourMs);
    const answers = await Promise.all(Array.from({ length: 10 }, () => device.renewal()));
    // Each tab is on its way with its own token, while the browser keeps the last cookies.
    for (const answer of answers) {
      must(await rig.accounts.authenticate(must(answer).token, rig.origin));
    }
    const kept = must(answers[last]!);
    device.token = kept.token;
    device.credential = kept.renewal!.credential;
    // A tab that comes a little later renews with the new cookie, and keeps it.
    const soon = must(await device.renewal());
    assert.equal(soon.renewal, undefined);
    for (let round = 0; round < 3; round++) {
      rig.clock.advance(12 * hourMs);
      await device.caller();
      await device.renew();
    }
    assert.deepEqual(rig.bell.closedSessions, []);
  }
});

Deno.test("AU-13: more tabs at once than successors: whichever answer comes last, nobody is logged out", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  rig.clock.advance(30 * hourMs);
  const answers = await Promise.all(
    Array.from({ length: limits.renewalsOpen + 8 }, () => device.renewal()),
  );
  const given = answers.map(must).filter(({ renewal }) => renewal !== undefined);
  assert.equal(given.length, limits.renewalsOpen);
  device.credential = given[5]!.renewal!.credential;
  // The last answer to arrive brings a token alone.
  device.token = answers.map(must).find(({ renewal }) => renewal === undefined)!.token;
  await device.caller();
  rig.clock.advance(hourMs);
  await device.caller();
  await device.renew();
  await device.caller();
});

Deno.test("AU-13: answers that are lost again and again leave the latest successor in force", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  for (let count = 0; count < 2 * limits.renewalsOpen; count++) {
    rig.clock.advance(hourMs);
    must(await device.renewal());
  }
  await device.renew();
  rig.clock.advance(hourMs);
  await device.renew();
  await device.caller();
  assert.deepEqual(rig.bell.closedSessions, []);
});

Deno.test("AU-13: a restart between two renewals changes nothing", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const thief = thiefOf(rig, device);
  rig.clock.advance(12 * hourMs);
  await device.renew();
  device.accounts = new Accounts(rig.needs);
  rig.clock.advance(12 * hourMs);
  await device.renew();
  device.accounts = thief.accounts = new Accounts(rig.needs);
  assert.equal(kindOf(await thief.renewal()), "unauthorized");
  assert.equal(kindOf(await device.request()), "unauthorized");
});

Deno.test("AU-13: revoked, logged out or with a new password, no credential brings a session back", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const here = await new Device(rig).logIn();
  const devices = await Promise.all(Array.from({ length: 4 }, () => new Device(rig).logIn()));
  const [revoked, left, other, later] = devices as [Device, Device, Device, Device];
  must(await rig.accounts.revoke(await here.caller(), (await revoked.caller()).sessionId));
  await rig.accounts.logout(await left.caller());
  assert.equal(kindOf(await revoked.renewal()), "unauthorized");
  assert.equal(kindOf(await left.renewal()), "unauthorized");
  const ended = [await other.caller(), await later.caller()].map(({ sessionId }) => sessionId);
  here.keep(must(await rig.accounts.revokeOthers(await here.caller())));
  for (const one of [other, later]) {
    assert.equal(kindOf(await one.request()), "unauthorized");
    assert.equal(kindOf(await one.renewal()), "unauthorized");
  }
  for (const id of ended) assert.ok(rig.bell.closedSessions.includes(id), "its sockets are closed");
  await here.renew();
  const last = await new Device(rig).logIn();
  here.keep(must(await rig.accounts.changePassword(await here.caller(), newPassword)));
  assert.equal(kindOf(await last.renewal()), "unauthorized");
  await here.renew();
  const { sessions, misused } = await rig.accounts.sessions(await here.caller());
  assert.equal(sessions.length, 1);
  assert.deepEqual(misused, [], "what was ended was not misused");
});

Deno.test("AU-13: a credential of another server, changed or forged ends no session", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const [head, body, signature] = device.credential.split(".");
  const forged = [
    `${head}.${body}.${signature!.slice(0, -2)}AA`,
    `${head}.${body!.slice(0, -2)}xx.${signature}`,
    `${head}.${body}.`,
  ];
  for (const wrong of forged) assert.equal(kindOf(await device.renewal(wrong)), "unauthorized");
  await device.renew();
});

Deno.test("AU-13: the store and the log hold no credential", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const first = device.credential;
  rig.clock.advance(hourMs);
  await device.renew();
  const stored: unknown[] = [];
  for await (const { key, value } of rig.store.kv.list({ prefix: [] })) stored.push([key, value]);
  const text = JSON.stringify([stored, rig.log.lines]);
  for (const secret of [first, device.credential, device.token]) assert.ok(!text.includes(secret));
});

Deno.test("AU-13: sessions are listed by names that a person knows, with what the browser told", async () => {
  await using rig = await accountsRig();
  const device = await aliceOn(rig);
  const odd = { username: "alice", password: goodPassword, timeZone: "Nowhere/At_All" };
  must(await rig.accounts.login({ ...rig.origin, userAgent: "Mozilla/5.0 <b>" }, odd));
  must(await rig.accounts.login({ ...rig.origin, userAgent: "behest/1.0" }, odd));
  const { sessions } = await rig.accounts.sessions(await device.caller());
  const told = sessions.map(({ agent, timeZone, stays }) => ({ agent, timeZone, stays }));
  const nothing = { agent: null, timeZone: null, stays: false };
  const known = { agent: { browser: "Firefox", system: "Windows" }, timeZone: "Europe/Berlin", stays: true };
  assert.deepEqual(told, [nothing, nothing, known]);
});

Deno.test("AU-13: a session of an earlier version goes on as it was", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const login = must(await rig.accounts.login(rig.origin, { username: "alice", password: goodPassword }));
  const { sessionId } = must(await rig.accounts.authenticate(login.token, rig.origin));
  const { id, userId, device, address, createdAt, lastSeenAt, expiresAt } =
    (await rig.accountsStore.session(sessionId))!;
  await rig.store.kv.set(["session", id], { id, userId, device, address, createdAt, lastSeenAt, expiresAt });
  const caller = must(await rig.accounts.authenticate(login.token, rig.origin));
  assert.equal(caller.sessionExpiresAt, login.expiresAt);
  assert.equal((await rig.accounts.sessions(caller)).sessions.length, 1);
});
