import assert from "node:assert/strict";
import { noFactors, type PasskeyRecord, type TwoFactorRecord } from "../../lib/accounts/mod.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { KvTwoFactor } from "../../lib/adapters/kv/two_factor_store.ts";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import { KeptLog, kindOf } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";
import { told } from "../fakes/told.ts";

const auditEntry = (action: string) => ({
  actor: { userId: "R", username: "root" },
  action,
  subject: null,
  address: "192.0.2.1",
  reason: null,
  detail: {},
});

function passkey(id: string, size = 77): PasskeyRecord {
  return {
    id,
    publicKey: new Uint8Array(size).fill(7),
    counter: 0,
    transports: ["internal"],
    name: "Key",
    createdAt: 1,
    lastUsedAt: null,
    backedUp: false,
  };
}

async function storeOn(store: Store) {
  const clock = new FakeClock();
  const twoFactor = new KvTwoFactor(store, new KvAudit(store, clock, new KeptLog()), clock);
  for (const id of ["A", "B"]) await store.kv.set(keys.user(id), { id });
  const set = (userId: string, record: Partial<TwoFactorRecord>) =>
    twoFactor.change(userId, (now) => Promise.resolve({ record: { ...now, ...record } }));
  return { twoFactor, clock, set };
}

onEachStore(
  "AU-7: a record and the index of its passkeys are written together and end together",
  async (store) => {
    const { twoFactor, set } = await storeOn(store);
    assert.deepEqual(await twoFactor.of("A"), noFactors);
    await set("A", { passkeys: [passkey("one"), passkey("two")] });
    assert.deepEqual([await twoFactor.ownerOf("one"), await twoFactor.ownerOf("two")], ["A", "A"]);
    assert.deepEqual((await twoFactor.of("A")).passkeys[0]!.publicKey, passkey("one").publicKey);
    await set("A", { passkeys: [passkey("two")] });
    assert.deepEqual([await twoFactor.ownerOf("one"), await twoFactor.ownerOf("two")], [null, "A"]);
    await set("A", noFactors);
    assert.deepEqual(await dump(store.kv, ["passkey"]), []);
    assert.deepEqual(await dump(store.kv, ["two_factor"]), [], "nothing is left of who has nothing");
  },
);

onEachStore("AU-7: one passkey is one person's, also of two who add it at once", async (store) => {
  const { twoFactor, set } = await storeOn(store);
  const both = await Promise.all(["A", "B"].map((id) => set(id, { passkeys: [passkey("one")] })));
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "conflict"]);
  const owner = await twoFactor.ownerOf("one");
  assert.equal((await twoFactor.of(owner!)).passkeys.length, 1);
  assert.equal((await twoFactor.of(owner === "A" ? "B" : "A")).passkeys.length, 0);
});

onEachStore("AU-7: changes at once are all kept, each decided on what the one before left", async (store) => {
  const { twoFactor } = await storeOn(store);
  await twoFactor.change(
    "A",
    (record) =>
      Promise.resolve({ record: { ...record, passkeys: [passkey("one")], recovery: ["a", "b", "c"] } }),
  );
  const take = (code: string) =>
    twoFactor.change("A", (record) =>
      Promise.resolve(
        record.recovery.includes(code)
          ? { record: { ...record, recovery: record.recovery.filter((one) => one !== code) } }
          : new Refusal("unauthorized", told("It is used.")),
      ));
  const answers = await Promise.all([take("a"), take("a"), take("b"), take("b")]);
  assert.deepEqual(answers.map(kindOf).sort(), ["answered", "answered", "unauthorized", "unauthorized"]);
  assert.deepEqual((await twoFactor.of("A")).recovery, ["c"]);
});

onEachStore("AU-9: whoever is gone or being removed gets nothing written", async (store) => {
  const { set } = await storeOn(store);
  await store.kv.set(keys.user("B"), { id: "B", removedAt: 1 });
  for (const id of ["B", "nobody"]) {
    assert.equal(kindOf(await set(id, { passkeys: [passkey("one")] })), "not_found");
  }
  assert.deepEqual(await dump(store.kv, ["two_factor"]), []);
  assert.deepEqual(await dump(store.kv, ["passkey"]), []);
});

onEachStore("AU-7: the most passkeys with the longest ids and keys fit", async (store) => {
  const { twoFactor, set } = await storeOn(store);
  const most = Array.from(
    { length: limits.passkeys },
    (_, at) => passkey(`${String(at).padStart(4, "0")}${"x".repeat(1360)}`, 600),
  );
  await set("A", { passkeys: most });
  assert.equal((await twoFactor.of("A")).passkeys.length, limits.passkeys);
  assert.equal(await twoFactor.ownerOf(most[0]!.id), "A");
});

onEachStore("AU-7: a challenge is taken once and within its time", async (store) => {
  const { twoFactor, clock } = await storeOn(store);
  const challenge = {
    purpose: "login" as const,
    userId: null,
    sessionId: null,
    rpId: "localhost",
    origin: "http://localhost",
    expiresAt: clock.now() + limits.challengeMs,
  };
  await twoFactor.addChallenge("hash", challenge);
  const both = await Promise.all([twoFactor.takeChallenge("hash"), twoFactor.takeChallenge("hash")]);
  assert.deepEqual(both.filter((one) => one !== null), [challenge]);
  assert.equal(await twoFactor.takeChallenge("hash"), null);
  await twoFactor.addChallenge("late", challenge);
  clock.advance(limits.challengeMs);
  assert.equal(await twoFactor.takeChallenge("late"), null);
  assert.equal(await twoFactor.takeChallenge("never"), null);
});

onEachStore(
  "AU-7, MO-3: the policy is written with its entry in the audit log, and read anew",
  async (store) => {
    const { twoFactor } = await storeOn(store);
    assert.deepEqual(await twoFactor.policy(), new Set());
    await twoFactor.setPolicy(["admin"], auditEntry("two_factor.require"));
    assert.deepEqual(await twoFactor.policy(), new Set(["admin"]));
    assert.equal((await dump(store.kv, ["audit"])).length, 1);
    const { twoFactor: other } = await storeOn(store);
    assert.deepEqual(await other.policy(), new Set(["admin"]));
  },
);
