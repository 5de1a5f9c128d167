import assert from "node:assert/strict";
import type { UserRecord } from "../../lib/accounts/mod.ts";
import { KvRemoval } from "../../lib/adapters/kv/account_removal.ts";
import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";

const auditEntry = {
  actor: { userId: "A", username: "ann" },
  action: "account.remove",
  subject: "ann",
  address: "192.0.2.1",
  reason: null,
  detail: {},
};

function user(id: string, username: string, over: Partial<UserRecord> = {}): UserRecord {
  return {
    id,
    username,
    displayName: username,
    role: "member",
    rights: { broadcast: false },
    status: "active",
    timeZone: "UTC",
    passwordHash: "hash",
    createdAt: 1,
    adultStatedAt: 1,
    demo: false,
    ...over,
  };
}

function removalOn(store: Store) {
  const clock = new FakeClock();
  const accounts = new KvAccounts(store, clock);
  const removal = new KvRemoval(store, accounts, new KvAudit(store, clock, new KeptLog()), clock);
  return { clock, accounts, removal };
}

onEachStore(
  "AU-9: with the first commit the account is gone to everybody, and its name is nobody's",
  async (store) => {
    const { accounts, removal } = removalOn(store);
    const ann = user("A", "ann");
    await accounts.addUser(ann);
    assert.equal((await accounts.user("A"))?.username, "ann");
    assert.equal(await removal.begin({ ...ann, passwordHash: "older" }, 5, auditEntry), "changed");
    assert.equal(await removal.begin(ann, 5, auditEntry), "begun");
    assert.deepEqual([await accounts.user("A"), await accounts.userNamed("ann")], [null, null]);
    assert.equal(await accounts.addUser(user("B", "ann")), false);
    assert.deepEqual(await removal.removing("A"), { ...ann, passwordHash: "", removedAt: 5 });
    assert.equal(await removal.begin(ann, 6, auditEntry), "changed", "once");
    const entries = (await dump(store.kv, ["audit"])).map(([, value]) =>
      (value as { action: string }).action
    );
    assert.deepEqual(entries, ["account.remove"]);
    const jobs = (await dump(store.kv, ["job"])).map(([, value]) => value);
    assert.deepEqual(jobs, [{ kind: "account_removal", userId: "A" }]);
  },
);

onEachStore("AU-9: of administrators who go at once, one stays", async (store) => {
  const { accounts, removal } = removalOn(store);
  const admins = [user("A", "ann", { role: "admin" }), user("B", "bob", { role: "admin" })];
  for (const one of admins) await accounts.addUser(one);
  const suspended = user("C", "carl", { role: "admin", status: "suspended" });
  await accounts.addUser(suspended);
  const answers = await Promise.all(admins.map((one) => removal.begin(one, 5, auditEntry)));
  assert.equal(answers.filter((one) => one === "begun").length, 1, String(answers));
  const stays = answers[0] === "begun" ? admins[1]! : admins[0]!;
  assert.equal(
    await removal.begin(stays, 6, auditEntry),
    "last_admin",
    "who is suspended administers nothing",
  );
  assert.deepEqual((await accounts.user(stays.id))?.role, "admin");
});

onEachStore(
  "AU-9: a large account is swept in bounded commits, and nobody else's records with it",
  async (store) => {
    const { accounts, removal } = removalOn(store);
    await accounts.addUser(user("A", "ann"));
    for (let at = 0; at < 450; at++) {
      const id = String(at).padStart(5, "0");
      await store.kv.atomic()
        .set(keys.state("A", id), { at })
        .set(keys.sessionOf("A", id), true)
        .set(keys.session(id), { id, userId: "A" })
        .set(keys.state("AB", id), { at })
        .commit();
    }
    await store.kv.set(keys.preferences("A"), {});
    await store.kv.set(keys.grants("A"), { current: [], past: [] });
    await store.kv.set(keys.ruleChange("A", 1, "grants "), {});
    await store.kv.set(keys.held("A", "00001"), {});
    await store.kv.set(keys.sanction("A", "S"), {});
    await store.kv.set(keys.profile("A"), { bio: "", pronouns: "", language: "en" });
    let rounds = 0;
    while (await removal.sweep("A", true)) rounds++;
    assert.ok(rounds >= 4, String(rounds));
    const kept = (await dump(store.kv)).map(([key]) => key.join("/")).filter((key) => !key.includes("AB"));
    assert.deepEqual(kept, ["migration", "profile/A", "sanction/A/S", "user/A", "username/ann"]);
    assert.equal((await dump(store.kv, keys.statesOf("AB"))).length, 450);
    while (await removal.sweep("A", false));
    assert.deepEqual(await dump(store.kv, ["profile"]), []);
    assert.deepEqual(await dump(store.kv, ["sanction"]), []);
  },
);

onEachStore(
  "AU-9: the last commit fails when a legal hold came, and does nothing to who is there",
  async (store) => {
    const { accounts, removal } = removalOn(store);
    await accounts.addUser(user("A", "ann"));
    assert.equal(await removal.finish("A"), false, "it was never begun");
    await removal.begin(user("A", "ann"), 5, auditEntry);
    await store.kv.set(keys.hold("user", "A"), { incidents: ["I"] });
    assert.equal(await removal.held("A"), true);
    assert.equal(await removal.finish("A"), false);
    await store.kv.delete(keys.hold("user", "A"));
    assert.equal(await removal.finish("A"), true);
    assert.equal(await removal.finish("A"), true, "again");
    assert.equal(await removal.removing("A"), null);
  },
);

onEachStore(
  "AU-9: a demo person's name is free again, so that the next start can make them",
  async (store) => {
    const { accounts, removal } = removalOn(store);
    const demo = user("A", "demo-ann", { demo: true });
    await accounts.addUser(demo);
    assert.equal(await removal.begin(demo, 5, auditEntry), "begun");
    assert.equal(await accounts.addUser(user("B", "demo-ann", { demo: true })), true);
  },
);
