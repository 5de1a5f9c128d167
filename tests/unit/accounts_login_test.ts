import assert from "node:assert/strict";
import { Accounts, Passwords } from "../../lib/accounts/mod.ts";
import { networkOf } from "../../lib/accounts/throttle.ts";
import { limits, problemJsonOf, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { accountsRig, goodPassword, kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { seededRandom } from "../fakes/random.ts";
import { told } from "../fakes/told.ts";

const wrong = { username: "alice", password: "not her password" };

function waitOf(answer: unknown): number {
  assert.ok(answer instanceof Refusal);
  assert.equal(answer.kind, "rate_limited");
  const waitMs = answer.detail.retryAfterMs;
  assert.ok(waitMs !== undefined && waitMs > 0);
  return waitMs;
}

Deno.test("AU-1: registration gives a member; a taken name is a conflict, also in another case", async () => {
  await using rig = await accountsRig();
  const service: Services["accounts"] = rig.accounts;
  const user = must(
    await service.register(rig.origin, { username: "alice", password: goodPassword, adult: true }),
  );
  assert.equal(user.role, "member");
  assert.deepEqual(user.rights, { broadcast: false });
  assert.ok(!("passwordHash" in user));
  assert.equal(
    kindOf(await service.register(rig.origin, { username: "alice", password: goodPassword, adult: true })),
    "conflict",
  );
});

Deno.test("AU-1: of many registrations of one name at once exactly one succeeds", async () => {
  await using rig = await accountsRig();
  const answers = await Promise.all(
    Array.from(
      { length: 20 },
      () => rig.accounts.register(rig.origin, { username: "alice", password: goodPassword, adult: true }),
    ),
  );
  assert.equal(answers.filter((answer) => !(answer instanceof Refusal)).length, 1);
  assert.ok(answers.every((answer) => ["answered", "conflict"].includes(kindOf(answer))));
});

Deno.test("AU-1: closed and invite-only servers take no registration", async () => {
  for (const registration of ["closed", "invite"] as const) {
    await using rig = await accountsRig({ registration });
    const body = { username: "alice", password: goodPassword, adult: true as const, invite: "guess" };
    assert.equal(kindOf(await rig.accounts.register(rig.origin, body)), "forbidden");
  }
});

Deno.test("WS-9: 20 registrations an hour per address in production, none counted in evaluation", async () => {
  for (const mode of ["production", "evaluation"] as const) {
    await using rig = await accountsRig({ mode });
    const register = (name: string, address: string) =>
      rig.accounts.register(origin(address), { username: name, password: goodPassword, adult: true });
    for (let count = 0; count < 20; count++) must(await register(`person-${count}`, "192.0.2.1"));
    if (mode === "evaluation") {
      must(await register("person-20", "192.0.2.1"));
      continue;
    }
    assert.equal(waitOf(await register("person-20", "192.0.2.1")), 3600_000);
    must(await register("person-20", "192.0.2.2"));
    rig.clock.advance(3600_000);
    must(await register("person-21", "192.0.2.1"));
  }
});

Deno.test("AU-4: unknown, malformed and look-alike names and wrong passwords are told apart by nothing", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const tries = ["alice", "nobody-here", "аlice", "al\ud800ice", "ali\u0000ce", "", "x".repeat(256)];
  const bodies = new Set<string>();
  for (const username of tries) {
    const before = rig.passwords.verified;
    const answer = await rig.accounts.login(rig.origin, { username, password: "not her password" });
    assert.ok(answer instanceof Refusal);
    bodies.add(JSON.stringify(problemJsonOf(answer)));
    assert.equal(rig.passwords.verified - before, 1, "each costs one derivation");
  }
  assert.equal(bodies.size, 1);
});

Deno.test("AU-4: of 30 wrong passwords 5 are looked at, then the waits grow; an unknown name is the same", async () => {
  for (const username of ["alice", "nobody-here", "аlice"]) {
    await using rig = await accountsRig();
    await rig.person("alice");
    const answers: unknown[] = [];
    for (let count = 0; count < 30; count++) {
      answers.push(await rig.accounts.login(rig.origin, { username, password: `guess number ${count}` }));
    }
    assert.deepEqual(answers.slice(0, 5).map(kindOf), Array(5).fill("unauthorized"));
    const waits = answers.slice(5).map(waitOf);
    assert.deepEqual(waits.slice(0, 5), [30_000, 60_000, 120_000, 240_000, 480_000]);
    assert.ok(waits.slice(5).every((wait) => wait === limits.loginWindowMs));
    assert.equal(rig.passwords.verified, 5);
  }
});

Deno.test("AU-4: guesses made at the same time do not slip past the limit", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const answers = await Promise.all(
    Array.from(
      { length: 40 },
      (_, count) =>
        rig.accounts.login(origin(`192.0.2.${count}`), {
          username: "alice",
          password: `guess number ${count}`,
        }),
    ),
  );
  assert.equal(rig.passwords.verified, 5);
  assert.equal(answers.filter((answer) => kindOf(answer) === "unauthorized").length, 5);
  assert.equal(answers.filter((answer) => kindOf(answer) === "rate_limited").length, 35);
});

Deno.test("AU-4: many right logins at the same time all succeed and leave no count", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const right = { username: "Alice", password: goodPassword };
  const answers = await Promise.all(Array.from({ length: 60 }, () => rig.accounts.login(rig.origin, right)));
  assert.deepEqual(new Set(answers.map(kindOf)), new Set(["answered"]));
  const counted = [];
  for await (const { key } of rig.store.kv.list({ prefix: ["login_failures"] })) counted.push(key);
  assert.deepEqual(counted, []);
});

Deno.test("AU-4: a restart does not forget, waiting does, and a success clears the name", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  for (let count = 0; count < 5; count++) await rig.accounts.login(rig.origin, wrong);
  const restarted = new Accounts(rig.needs);
  const right = { username: "alice", password: goodPassword };
  assert.equal(waitOf(await restarted.login(rig.origin, right)), 30_000);
  rig.clock.advance(30_000);
  must(await restarted.login(rig.origin, right));
  for (let count = 0; count < 5; count++) {
    assert.equal(kindOf(await restarted.login(rig.origin, wrong)), "unauthorized");
  }
});

Deno.test("AU-4: one who waits and guesses on waits longer each time", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  for (let count = 0; count < 5; count++) await rig.accounts.login(rig.origin, wrong);
  const waits: number[] = [];
  for (let round = 0; round < 3; round++) {
    const wait = waitOf(await rig.accounts.login(rig.origin, wrong));
    waits.push(wait);
    rig.clock.advance(wait);
    assert.equal(kindOf(await rig.accounts.login(rig.origin, wrong)), "unauthorized");
  }
  assert.ok(waits[0]! < waits[1]! && waits[1]! < waits[2]!, String(waits));
});

Deno.test("AU-4: 20 failures from an address stop it, and no other address", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const right = { username: "alice", password: goodPassword };
  for (let count = 0; count < 20; count++) {
    const answer = await rig.accounts.login(rig.origin, { username: `name-${count}`, password: "whatever" });
    assert.equal(kindOf(answer), "unauthorized");
  }
  assert.equal(waitOf(await rig.accounts.login(rig.origin, right)), 30_000);
  must(await rig.accounts.login(origin("192.0.2.2"), right));
});

Deno.test("AU-4: all IPv6 addresses of one household are one address", async () => {
  await using rig = await accountsRig();
  for (let count = 0; count < 20; count++) {
    const from = origin(`2001:db8:0:7::${count.toString(16)}`);
    const answer = await rig.accounts.login(from, { username: `name-${count}`, password: "whatever" });
    assert.equal(kindOf(answer), "unauthorized");
  }
  const next = (address: string) =>
    rig.accounts.login(origin(address), { username: "next", password: "whatever" });
  assert.equal(kindOf(await next("2001:db8:0:7:ffff::1")), "rate_limited");
  assert.equal(kindOf(await next("2001:db8:0:8::1")), "unauthorized");
  const networks = ["192.0.2.1", "::1", "2001:DB8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "local", "a:b"];
  assert.deepEqual(networks.map(networkOf), [
    "192.0.2.1",
    "0:0:0:0::/64",
    "2001:db8:0:0::/64",
    "1:2:3:4::/64",
    "::ffff:c000:201",
    "local",
    "a:b",
  ]);
});

Deno.test("AU-4: failures older than 15 minutes do not count", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  for (let count = 0; count < 4; count++) await rig.accounts.login(rig.origin, wrong);
  rig.clock.advance(limits.loginWindowMs);
  for (let count = 0; count < 5; count++) {
    assert.equal(kindOf(await rig.accounts.login(rig.origin, wrong)), "unauthorized");
  }
  assert.equal(kindOf(await rig.accounts.login(rig.origin, wrong)), "rate_limited");
});

Deno.test("AU-4: a login that no derivation was free for is not counted as a failure", async () => {
  const busy = { refuse: true };
  const inner = new Passwords(seededRandom(3), { log2N: 2, blockSize: 1, parallel: 1 });
  await using rig = await accountsRig({
    passwords: {
      hash: (password) => inner.hash(password),
      verify: (password, stored) =>
        busy.refuse
          ? Promise.resolve(new Refusal("unavailable", told("busy")))
          : inner.verify(password, stored),
      isWeaker: (stored) => inner.isWeaker(stored),
    },
  });
  await rig.person("alice");
  const right = { username: "alice", password: goodPassword };
  for (let count = 0; count < 10; count++) {
    assert.equal(kindOf(await rig.accounts.login(rig.origin, right)), "unavailable");
  }
  busy.refuse = false;
  must(await rig.accounts.login(rig.origin, right));
});

Deno.test("AU-10: a weaker hash is made again at the next login", async () => {
  await using rig = await accountsRig();
  const alice = await rig.person("alice");
  const before = (await rig.accountsStore.user(alice.userId))?.passwordHash;
  const cost = { log2N: 3, blockSize: 2, parallel: 1 };
  const raised = new Accounts({ ...rig.needs, passwords: new Passwords(seededRandom(2), cost) });
  const right = { username: "alice", password: goodPassword };
  must(await raised.login(rig.origin, right));
  const after = (await rig.accountsStore.user(alice.userId))?.passwordHash;
  assert.notEqual(after, before);
  assert.match(after ?? "", /^\$scrypt\$ln=3,r=2,p=1\$/);
  must(await raised.login(rig.origin, right));
  assert.equal((await rig.accountsStore.user(alice.userId))?.passwordHash, after);
});

Deno.test("AU-5: no password, token or ticket is in any log line", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  await rig.accounts.login(rig.origin, wrong);
  const { token } = must(await rig.accounts.login(rig.origin, { username: "alice", password: goodPassword }));
  const caller = must(await rig.accounts.authenticate(token, rig.origin));
  const { ticket } = must(await rig.accounts.issueTicket(caller));
  must(await rig.accounts.redeemTicket(ticket, rig.origin));
  must(await rig.accounts.changePassword(caller, { current: goodPassword, next: "eight blue kettles" }));
  assert.ok(rig.log.lines.length >= 4);
  const written = JSON.stringify(rig.log.lines);
  for (const secret of [token, ticket, goodPassword, wrong.password, "eight blue kettles"]) {
    assert.ok(!written.includes(secret));
  }
});
