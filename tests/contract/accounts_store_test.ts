import assert from "node:assert/strict";
import type { CountRecord, SessionRecord, UserRecord } from "../../lib/accounts/mod.ts";
import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { KvContacts } from "../../lib/adapters/kv/contacts_store.ts";
import { KvCounts } from "../../lib/adapters/kv/counts_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";

interface Ports {
  clock: FakeClock;
  accounts: KvAccounts;
  contacts: KvContacts;
  counts: KvCounts;
  store: Store;
}

/** The same promises on a store in memory, on a file, and on one that other processes write to as well. */
const places: Record<string, (path: string) => Promise<Store>> = {
  "in memory": () => openStore(":memory:"),
  "on a file": (path) => openStore(path),
  "shared": async () => ({ ...await openStore(":memory:"), exclusive: false }),
};

function contract(rule: string, check: (ports: Ports) => Promise<void>): void {
  for (const [place, open] of Object.entries(places)) {
    Deno.test(`${rule} (${place})`, async () => {
      const dir = await Deno.makeTempDir();
      try {
        await using store = await open(`${dir}/kv.sqlite3`);
        const clock = new FakeClock();
        await check({
          clock,
          store,
          accounts: new KvAccounts(store, clock),
          contacts: new KvContacts(store),
          counts: new KvCounts(store),
        });
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    });
  }
}

function user(id: string, username = id): UserRecord {
  return {
    id,
    username,
    displayName: username,
    role: "member",
    rights: { broadcast: false },
    status: "active",
    timeZone: "UTC",
    passwordHash: "hash 1",
    createdAt: 1,
    adultStatedAt: 1,
    demo: false,
  };
}

function session(clock: FakeClock, id: string, userId = "u1"): SessionRecord {
  const now = clock.now();
  return {
    id,
    userId,
    device: "web",
    address: "::1",
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 1000,
  };
}

contract("AU-1: a username belongs to one account, whoever comes first", async ({ accounts }) => {
  const made = await Promise.all(
    Array.from({ length: 10 }, (_, at) => accounts.addUser(user(`u${at}`, "alice"))),
  );
  assert.equal(made.filter(Boolean).length, 1);
  const winner = `u${made.indexOf(true)}`;
  assert.deepEqual(await accounts.userNamed("alice"), user(winner, "alice"));
  assert.deepEqual(await accounts.user(winner), user(winner, "alice"));
  for (let at = 0; at < 10; at++) {
    if (`u${at}` !== winner) assert.equal(await accounts.user(`u${at}`), null);
  }
});

contract("AU-1: many are read at once, and who does not exist is left out", async ({ accounts }) => {
  const ids = Array.from({ length: 25 }, (_, at) => `u${at}`);
  for (const id of ids) assert.ok(await accounts.addUser(user(id, `name-${id}`)));
  assert.deepEqual([...(await accounts.users([...ids, "nobody"])).keys()], ids);
  const names = ids.map((id) => `name-${id}`);
  assert.deepEqual([...(await accounts.usersNamed(["nobody", ...names])).keys()], names);
  assert.deepEqual(
    [...(await accounts.usersNamed([...names, "nobody"])).keys()],
    names,
    "the second time too",
  );
});

contract("AU-6: a password is replaced once, and what was remembered is replaced with it", async (ports) => {
  const { accounts, clock } = ports;
  assert.ok(await accounts.addUser(user("u1")));
  assert.equal((await accounts.user("u1"))?.passwordHash, "hash 1");
  assert.ok(await accounts.addSession(session(clock, "s1"), "hash 1"));
  assert.ok(await accounts.addSession(session(clock, "s2"), "hash 1"));
  const replaced = await Promise.all(
    ["a", "b", "c"].map((to) => accounts.replaceHash("u1", "hash 1", to)),
  );
  assert.equal(replaced.filter(Boolean).length, 1);
  const now = ["a", "b", "c"][replaced.indexOf(true)]!;
  assert.equal((await accounts.user("u1"))?.passwordHash, now);
  assert.equal((await accounts.userNamed("u1"))?.passwordHash, now);
  assert.deepEqual((await accounts.sessionsOf("u1")).map(({ id }) => id), ["s2", "s1"]);
  assert.equal(
    await accounts.addSession(session(clock, "s3"), "hash 1"),
    false,
    "the old password opens nothing",
  );
  assert.equal(await accounts.replaceHash("nobody", "hash 1", "x"), false);
});

contract("AU-6: the most sessions that one may have end in one step", async ({ accounts, clock }) => {
  assert.ok(await accounts.addUser(user("u1")));
  const ids = Array.from(
    { length: limits.sessionsPerPerson },
    (_, at) => `01J0000000000000000000${1000 + at}`,
  );
  for (const id of ids) assert.ok(await accounts.addSession(session(clock, id), "hash 1"));
  assert.equal((await accounts.sessionsOf("u1")).length, limits.sessionsPerPerson);
  const password = { from: "hash 1", to: "hash 2", changedAt: clock.now() };
  const others = ids.slice(1);
  const made = await accounts.replaceSession(ids[0]!, others, (old) => ({ ...old, id: "new" }), password);
  assert.equal(typeof made === "object" && made.id, "new");
  assert.deepEqual((await accounts.sessionsOf("u1")).map(({ id }) => id), ["new"]);
});

contract("AU-13: a session takes the place of another once, with the end of all others", async (ports) => {
  const { accounts, clock } = ports;
  assert.ok(await accounts.addUser(user("u1")));
  for (const id of ["s1", "s2"]) assert.ok(await accounts.addSession(session(clock, id), "hash 1"));
  const to = (id: string) => (old: SessionRecord) => ({ ...old, id, lastSeenAt: old.lastSeenAt + 1 });
  const password = { from: "hash 1", to: "hash 2", changedAt: clock.now() };
  assert.equal(
    await accounts.replaceSession("s1", ["s2"], to("x"), { ...password, from: "hash 0" }),
    "changed",
  );
  assert.deepEqual(
    (await accounts.sessionsOf("u1")).map(({ id }) => id),
    ["s2", "s1"],
    "nothing was written",
  );
  assert.equal(await accounts.wasReplaced("s1"), false);
  // A renewal that is under way at the same time brings the old one back in no order.
  const [one, two] = await Promise.all([
    accounts.replaceSession("s1", ["s2"], to("n1"), password),
    accounts.replaceSession("s1", ["s2"], to("n2")),
    accounts.changeSession("s1", (old) => ({ ...old, lastSeenAt: old.lastSeenAt + 7 })),
    accounts.changeSession("s2", (old) => ({ ...old, lastSeenAt: old.lastSeenAt + 7 })),
  ]);
  const made = [one, two].filter((answer) => typeof answer === "object");
  assert.equal(made.length, 1);
  assert.deepEqual((await accounts.sessionsOf("u1")).map(({ id }) => id), made.map(({ id }) => id));
  for (const id of ["s1", "s2"]) assert.equal(await accounts.session(id), null);
  const record = await accounts.user("u1");
  const isNew = typeof one === "object";
  assert.deepEqual([record?.passwordHash, record?.passwordChangedAt], [
    isNew ? "hash 2" : "hash 1",
    isNew ? password.changedAt : undefined,
  ]);
  assert.deepEqual([await accounts.wasReplaced("s1"), await accounts.wasReplaced("s2")], [true, false]);
  clock.advance(limits.renewSettleMs);
  assert.equal(await accounts.wasReplaced("s1"), false);
  assert.equal(await accounts.replaceSession("s1", [], to("n3")), "over");
});

contract("AU-3: a session that is over is not there, before the store has forgotten it", async (ports) => {
  const { accounts, clock } = ports;
  assert.ok(await accounts.addUser(user("u1")));
  const first = session(clock, "s1");
  assert.ok(await accounts.addSession(first, "hash 1"));
  assert.deepEqual(await accounts.session("s1"), first);
  await accounts.sessionSeen("s1", first.createdAt + 5);
  assert.equal((await accounts.session("s1"))?.lastSeenAt, first.createdAt + 5);
  await accounts.sessionSeen("s1", first.createdAt + 4);
  assert.equal((await accounts.session("s1"))?.lastSeenAt, first.createdAt + 5, "time does not go back");
  clock.advance(1000);
  assert.equal(await accounts.session("s1"), null);
  assert.deepEqual(await accounts.sessionsOf("u1"), []);
  await accounts.endSessions("u1", ["s1"]);
  await accounts.sessionSeen("s1", clock.now());
  assert.equal(await accounts.session("s1"), null);
});

contract("AU-5: a ticket is taken once, and not after its end", async ({ accounts, clock }) => {
  const ticket = { userId: "u1", sessionId: "s1", expiresAt: clock.now() + 30_000 };
  await accounts.addTicket("hash", ticket);
  const taken = await Promise.all(Array.from({ length: 10 }, () => accounts.takeTicket("hash")));
  assert.deepEqual(taken.filter((one) => one !== null), [ticket]);
  await accounts.addTicket("late", ticket);
  clock.advance(30_000);
  assert.equal(await accounts.takeTicket("late"), null);
  assert.equal(await accounts.takeTicket("never"), null);
});

contract("AU-2: one first administrator, by the token that holds", async ({ accounts }) => {
  assert.equal(await accounts.setupHash(), null);
  await accounts.setSetupHash("old");
  await accounts.setSetupHash("new");
  assert.ok(await accounts.addUser(user("u1", "alice")));
  assert.equal(await accounts.addFirstAdmin(user("u2", "boss"), "old"), "over");
  assert.equal(await accounts.addFirstAdmin(user("u2", "alice"), "new"), "taken");
  assert.equal(await accounts.adminMade(), false);
  const made = await Promise.all(
    Array.from({ length: 5 }, (_, at) => accounts.addFirstAdmin(user(`a${at}`, `boss-${at}`), "new")),
  );
  assert.deepEqual(made.toSorted(), ["made", "over", "over", "over", "over"]);
  assert.equal(await accounts.adminMade(), true);
  assert.equal(await accounts.setupHash(), null);
  assert.equal(await accounts.addFirstAdmin(user("u9", "late"), null), "over");
});

contract("AU-4: counts change one after the other, all or nothing", async ({ counts, store }) => {
  const keys = [{ of: "user" as const, subject: "a" }, { of: "address" as const, subject: "b" }];
  const record = (times: number[]): CountRecord => ({ times, blockedUntil: 0, level: 0, lastAt: 0 });
  const add = () =>
    counts.change(keys, 60_000, (records) => ({
      result: records[0]?.times.length ?? 0,
      write: records.map((before) => record([...before?.times ?? [], 1])),
    }));
  const results = await Promise.all(Array.from({ length: 10 }, add));
  assert.deepEqual(results.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const read = () =>
    counts.change(keys, 60_000, (records) => ({ result: records.map((r) => r?.times.length) }));
  assert.deepEqual(await read(), [10, 10]);
  await counts.change(keys, 60_000, ([, address]) => ({ result: null, write: [null, address ?? null] }));
  assert.deepEqual(await read(), [undefined, 10]);
  assert.deepEqual(await new KvCounts(store).change(keys, 1, (records) => ({ result: records.length })), 2);
});

contract("CO-5: both sides of a contact are written together, or neither", async ({ contacts }) => {
  const side = (otherId: string) => ({ otherId, relation: "contact" as const, note: null, createdAt: 1 });
  const [one, two] = await Promise.all([contacts.pair("a", "b"), contacts.pair("b", "a")]);
  assert.equal((await contacts.contactsAmong("a", ["b"])).size, 0);
  const written = [await one.write(side("b"), side("a")), await two.write(side("a"), null)];
  assert.deepEqual(written, [true, false]);
  const pair = await contacts.pair("b", "a");
  assert.deepEqual([pair.mine, pair.theirs], [side("a"), side("b")]);
  const many = Array.from({ length: 30 }, (_, at) => `x${at}`);
  assert.deepEqual(await contacts.contactsAmong("a", [...many, "b"]), new Set(["b"]));
  assert.deepEqual(await contacts.contactsAmong("b", ["a"]), new Set(["a"]));
  assert.deepEqual(await contacts.of("a"), [side("b")]);
  assert.ok(await pair.write(null, null));
  assert.deepEqual(await contacts.contactsAmong("a", ["b"]), new Set(), "what was remembered is forgotten");
  assert.deepEqual(await contacts.contactsAmong("b", ["a"]), new Set());
  assert.deepEqual(await contacts.of("a"), []);
});

contract(
  "CO-5: a relation that changes while it is read is not remembered as it was",
  async ({ contacts }) => {
    const side = (otherId: string) => ({ otherId, relation: "contact" as const, note: null, createdAt: 1 });
    for (let round = 0; round < 20; round++) {
      const pair = await contacts.pair("a", "b");
      const isContact = round % 2 === 0;
      const reads = Array.from({ length: 5 }, () => contacts.contactsAmong("a", ["b"]));
      await Promise.all([isContact ? pair.write(side("b"), side("a")) : pair.write(null, null), ...reads]);
      assert.equal((await contacts.contactsAmong("a", ["b"])).has("b"), isContact);
    }
  },
);

contract("the demo password is kept until it is forgotten", async ({ accounts }) => {
  assert.equal(await accounts.demoPassword(), null);
  await accounts.setDemoPassword("words");
  assert.equal(await accounts.demoPassword(), "words");
  await accounts.setDemoPassword(null);
  assert.equal(await accounts.demoPassword(), null);
});

Deno.test("AU-3: accounts and sessions are there after the file was closed and opened again", async () => {
  const dir = await Deno.makeTempDir();
  const clock = new FakeClock();
  try {
    {
      await using store = await openStore(`${dir}/kv.sqlite3`);
      const accounts = new KvAccounts(store, clock);
      assert.ok(await accounts.addUser(user("u1")));
      assert.ok(
        await accounts.addSession({ ...session(clock, "s1"), expiresAt: clock.now() + 3600_000 }, "hash 1"),
      );
    }
    await using store = await openStore(`${dir}/kv.sqlite3`);
    const accounts = new KvAccounts(store, clock);
    assert.deepEqual(await accounts.userNamed("u1"), user("u1"));
    assert.equal((await accounts.session("s1"))?.userId, "u1");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
