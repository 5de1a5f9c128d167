import assert from "node:assert/strict";
import { SignJWT, UnsecuredJWT } from "jose";
import { Accounts, Tokens } from "../../lib/accounts/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { limits, session as sessionSchema } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { until } from "../fakes/until.ts";

type Rig = Awaited<ReturnType<typeof accountsRig>>;

async function logIn(
  rig: Rig,
  username = "alice",
  device = "web",
): Promise<{ token: string; caller: Caller }> {
  const { token } = must(
    await rig.accounts.login({ ...rig.origin, device }, { username, password: goodPassword }),
  );
  return { token, caller: must(await rig.accounts.authenticate(token, rig.origin)) };
}

function claimsOf(token: string): Record<string, unknown> {
  const bytes = Uint8Array.fromBase64(token.split(".")[1]!, { alphabet: "base64url" });
  return JSON.parse(new TextDecoder().decode(bytes));
}

Deno.test("AU-3: a token is a signed JWT of 24 hours whose session gives the caller", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const login = must(await rig.accounts.login(rig.origin, { username: "ALICE", password: goodPassword }));
  const claims = claimsOf(login.token);
  assert.equal(claims.sub, alice.userId);
  assert.equal(claims.iss, "behest");
  assert.equal(Number(claims.exp) - Number(claims.iat), 24 * 3600);
  assert.equal(Date.parse(login.expiresAt), Number(claims.exp) * 1000);
  const caller = must(await rig.accounts.authenticate(login.token, rig.origin));
  assert.equal(caller.userId, alice.userId);
  assert.equal(caller.sessionId, claims.sid);
  assert.equal(caller.sessionExpiresAt, login.expiresAt);
  assert.equal(login.user.username, "alice");
});

Deno.test("AU-3: an expired token is refused, also while the store still holds its session", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { token, caller } = await logIn(rig);
  rig.clock.advance(limits.sessionMs - 1);
  must(await rig.accounts.authenticate(token, rig.origin));
  rig.clock.advance(1);
  assert.notEqual((await rig.store.kv.get(["session", caller.sessionId])).value, null);
  assert.equal(kindOf(await rig.accounts.authenticate(token, rig.origin)), "unauthorized");
  assert.deepEqual((await rig.accounts.sessions(caller)).sessions, []);
});

Deno.test("AU-3: tokens of another server, without signature, changed or of no session are refused", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const { token, caller } = await logIn(rig);
  const expiresAt = rig.clock.now() + limits.sessionMs;
  const foreign = new Tokens(new Uint8Array(32).fill(9), rig.clock);
  const own = new Tokens(rig.secret, rig.clock);
  const claims = { sid: caller.sessionId, iss: "behest", sub: alice.userId };
  const seconds = Math.floor(rig.clock.now() / 1000);
  const signed = (changed: Record<string, unknown>, algorithm = "HS256") =>
    new SignJWT({ ...claims, iat: seconds, exp: seconds + 60, ...changed })
      .setProtectedHeader({ alg: algorithm }).sign(
        new Uint8Array(64).fill(7).subarray(0, algorithm === "HS256" ? 32 : 64),
      );
  must(await rig.accounts.authenticate(await signed({}), rig.origin));
  const [header, body, signature] = token.split(".");
  const bad = {
    "another server": await foreign.issue(alice.userId, caller.sessionId, expiresAt),
    "no signature": new UnsecuredJWT(claims).setIssuedAt(seconds).setExpirationTime(seconds + 60).encode(),
    "another algorithm": await signed({}, "HS512"),
    "another issuer": await signed({ iss: "other" }),
    "no end": await signed({ exp: undefined }),
    "an end that is over": await signed({ exp: seconds - 1 }),
    "no such session": await own.issue(alice.userId, rig.needs.ids.next(), expiresAt),
    "another person's session": await own.issue(rig.needs.ids.next(), caller.sessionId, expiresAt),
    "changed claims": `${header}.${body!.slice(0, -2)}xx.${signature}`,
    "cut": token.slice(0, -1),
    "empty": "",
    "NUL": "\u0000",
    "half a surrogate pair": "\ud800",
    "very long": token + "x".repeat(100_000),
  };
  for (const [what, wrong] of Object.entries(bad)) {
    assert.equal(kindOf(await rig.accounts.authenticate(wrong, rig.origin)), "unauthorized", what);
  }
});

Deno.test("AU-3: a token that was good is checked once, and is refused when its own time is over", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const { caller } = await logIn(rig);
  const tokens = new Tokens(rig.secret, rig.clock);
  const token = await tokens.issue(alice.userId, caller.sessionId, rig.clock.now() + 60_000);
  const claims = await tokens.read(token);
  assert.equal(claims?.sessionId, caller.sessionId);
  assert.equal(await tokens.read(token), claims, "the same object: it was not read again");
  assert.equal(await tokens.read(token.slice(0, -1)), null);
  must(await rig.accounts.authenticate(token, rig.origin));
  rig.clock.advance(60_000);
  assert.equal(await tokens.read(token), null);
  // The session still lives.
  assert.equal(kindOf(await rig.accounts.authenticate(token, rig.origin)), "unauthorized");
});

Deno.test("AU-3, AU-6: a revoked session is refused at once and its sockets are closed", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const here = await logIn(rig);
  const there = await logIn(rig, "alice", "phone");
  must(await rig.accounts.revoke(here.caller, there.caller.sessionId));
  assert.equal(kindOf(await rig.accounts.authenticate(there.token, rig.origin)), "unauthorized");
  assert.deepEqual(rig.bell.closedSessions, [there.caller.sessionId]);
  must(await rig.accounts.authenticate(here.token, rig.origin));
});

Deno.test("AU-6: nobody revokes another person's session, and what is no session is not found", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  await rig.person("bob");
  const alice = await logIn(rig);
  const bob = await logIn(rig, "bob");
  for (const id of [bob.caller.sessionId, "nonsense", "", "a\u0000b"]) {
    assert.equal(kindOf(await rig.accounts.revoke(alice.caller, id)), "not_found");
  }
  must(await rig.accounts.authenticate(bob.token, rig.origin));
  assert.deepEqual(rig.bell.closedSessions, []);
});

Deno.test("AU-6: sessions are listed with device, address and times, newest first; logout ends the own one", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const phone = await logIn(rig, "alice", "phone");
  rig.clock.advance(1000);
  const web = await logIn(rig);
  const { sessions: listed } = await rig.accounts.sessions(web.caller);
  assert.deepEqual(listed.map(({ device, current }) => [device, current]), [["web", true], ["phone", false]]);
  for (const entry of listed) assert.ok(sessionSchema.safeParse(entry).success);
  assert.equal(listed[0]!.address, "192.0.2.1");
  await rig.accounts.logout(web.caller);
  assert.equal(kindOf(await rig.accounts.authenticate(web.token, rig.origin)), "unauthorized");
  assert.deepEqual((await rig.accounts.sessions(phone.caller)).sessions.map(({ device }) => device), [
    "phone",
  ]);
});

Deno.test("AU-6: last seen is written at most once a minute, and does not bring back an ended session", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { token, caller } = await logIn(rig);
  const start = rig.clock.now();
  const seenAt = async () => (await rig.accountsStore.session(caller.sessionId))?.lastSeenAt;
  rig.clock.advance(59_999);
  must(await rig.accounts.authenticate(token, rig.origin));
  await rig.store.committer.idle();
  assert.equal(await seenAt(), start);
  rig.clock.advance(1);
  must(await rig.accounts.authenticate(token, rig.origin));
  // Nobody waits for this write but the test.
  await until(async () => await seenAt() === start + 60_000, "the session's last seen time");
  await rig.accounts.logout(caller);
  await rig.accountsStore.sessionSeen(caller.sessionId, start + 120_000);
  assert.equal(await seenAt(), undefined);
});

Deno.test("AU-6: a new password ends every other session, and the old password", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const here = await logIn(rig);
  const others = [await logIn(rig), await logIn(rig)];
  const next = "eight blue kettles";
  const now = must(await rig.accounts.changePassword(here.caller, { current: goodPassword, next }));
  must(await rig.accounts.authenticate(now.token, rig.origin));
  for (const { token, caller } of others) {
    assert.equal(kindOf(await rig.accounts.authenticate(token, rig.origin)), "unauthorized");
    assert.ok(rig.bell.closedSessions.includes(caller.sessionId));
  }
  const login = (password: string) => rig.accounts.login(rig.origin, { username: "alice", password });
  assert.equal(kindOf(await login(goodPassword)), "unauthorized");
  must(await login("eight blue kettles"));
});

Deno.test("AU-6: a wrong current password changes nothing, and guesses at it are throttled", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { caller } = await logIn(rig);
  const change = (current: string, next = "eight blue kettles") =>
    rig.accounts.changePassword(caller, { current, next });
  assert.equal(kindOf(await change(goodPassword, "1234567890")), "invalid_params");
  assert.equal(kindOf(await change(goodPassword, "alice")), "invalid_params");
  for (let count = 0; count < 5; count++) assert.equal(kindOf(await change("a guess")), "forbidden");
  assert.equal(kindOf(await change(goodPassword)), "rate_limited");
});

Deno.test("AU-3: a login whose password is being changed gets no session", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const before = (await rig.accountsStore.user(alice.userId))!;
  const racing = new Accounts({
    ...rig.needs,
    passwords: {
      hash: (password) => rig.passwords.hash(password),
      isWeaker: () => false,
      async verify(password, stored) {
        const right = await rig.passwords.verify(password, stored);
        assert.ok(
          await rig.accountsStore.replaceHash(alice.userId, before.passwordHash, `${before.passwordHash}`),
        );
        const changed = before.passwordHash.replace(/.$/, (last) => last === "A" ? "B" : "A");
        assert.ok(await rig.accountsStore.replaceHash(alice.userId, before.passwordHash, changed));
        return right;
      },
    },
  });
  assert.equal(
    kindOf(await racing.login(rig.origin, { username: "alice", password: goodPassword })),
    "unauthorized",
  );
  assert.deepEqual((await rig.accounts.sessions(alice)).sessions, []);
});

Deno.test("AU-5: a ticket works once, for 30 seconds, and only as long as its session", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { caller } = await logIn(rig);
  const issue = async () => must(await rig.accounts.issueTicket(caller));
  const first = await issue();
  assert.equal(Date.parse(first.expiresAt) - rig.clock.now(), 30_000);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => rig.accounts.redeemTicket(first.ticket, origin())),
  );
  assert.equal(answers.filter((answer) => kindOf(answer) === "answered").length, 1);
  assert.equal(answers.filter((answer) => kindOf(answer) === "unauthorized").length, 9);

  const late = await issue();
  rig.clock.advance(30_000);
  assert.equal(kindOf(await rig.accounts.redeemTicket(late.ticket, origin())), "unauthorized");

  const over = await issue();
  await rig.accounts.logout(caller);
  assert.equal(kindOf(await rig.accounts.redeemTicket(over.ticket, origin())), "unauthorized");
  for (const wrong of ["", "\u0000", "\ud800", "x".repeat(100_000)]) {
    assert.equal(kindOf(await rig.accounts.redeemTicket(wrong, origin())), "unauthorized");
  }
});

Deno.test("AU-5: the store holds no ticket and no token, only what checks them", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const { token, caller } = await logIn(rig);
  const { ticket } = must(await rig.accounts.issueTicket(caller));
  const stored: unknown[] = [];
  for await (const { key, value } of rig.store.kv.list({ prefix: [] })) stored.push([key, value]);
  const text = JSON.stringify(stored);
  assert.ok(text.includes("session"));
  for (const secret of [ticket, token, goodPassword]) assert.ok(!text.includes(secret));
});

Deno.test("AU-3: a suspended account is told so, and has no session in use", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const { token } = await logIn(rig);
  const record = (await rig.accountsStore.user(alice.userId))!;
  await rig.store.kv.set(["user", alice.userId], { ...record, status: "suspended" });
  const fresh = await accountsRig({ store: rig.store });
  assert.equal(kindOf(await fresh.accounts.authenticate(token, rig.origin)), "forbidden");
});

Deno.test("AU-3: at a login beyond the most sessions the oldest ends", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const user = (await rig.accountsStore.user(alice.userId))!;
  const { token: oldest, caller } = await logIn(rig);
  for (let count = 1; count < limits.sessionsPerPerson; count++) {
    rig.clock.advance(1);
    const now = rig.clock.now();
    assert.ok(
      await rig.accountsStore.addSession({
        id: rig.needs.ids.next(),
        userId: alice.userId,
        device: "web",
        address: "192.0.2.1",
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now + limits.sessionMs,
      }, user.passwordHash),
    );
  }
  must(await rig.accounts.authenticate(oldest, rig.origin));
  const newest = await logIn(rig);
  assert.equal(kindOf(await rig.accounts.authenticate(oldest, rig.origin)), "unauthorized");
  assert.deepEqual(rig.bell.closedSessions, [caller.sessionId]);
  assert.equal((await rig.accounts.sessions(newest.caller)).sessions.length, limits.sessionsPerPerson);
});
