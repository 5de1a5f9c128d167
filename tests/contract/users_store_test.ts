import assert from "node:assert/strict";
import type { UserRecord } from "../../lib/accounts/mod.ts";
import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { KvProfiles } from "../../lib/adapters/kv/profiles_store.ts";
import { KvUsers } from "../../lib/adapters/kv/users_store.ts";
import { type AuditEntry, silentLog } from "../../lib/platform/mod.ts";
import { FakeClock, fakeStartMs } from "../fakes/clock.ts";
import { onEachStore } from "../fakes/kv_stores.ts";

const auditEntry: AuditEntry = {
  actor: { userId: "root", username: "root" },
  action: "test",
  subject: null,
  address: "192.0.2.1",
  reason: null,
  detail: {},
};

async function usersOn(store: Store) {
  const clock = new FakeClock();
  const accounts = new KvAccounts(store, clock);
  const users = new KvUsers(store, accounts, new KvAudit(store, clock, silentLog), clock);
  for (const username of ["root", "ann", "bob"]) await accounts.addUser(record(username));
  return { accounts, users, profiles: new KvProfiles(store, accounts, clock) };
}

const record = (username: string): UserRecord => ({
  id: username,
  username,
  displayName: username,
  role: username === "root" ? "admin" : "member",
  rights: { broadcast: false },
  status: "active",
  timeZone: "UTC",
  passwordHash: "none",
  createdAt: 0,
  adultStatedAt: 0,
  demo: false,
});

onEachStore(
  "MO-5: the administrators are found without a list, and kept in one from then on",
  async (store) => {
    const { users } = await usersOn(store);
    const seen: string[][] = [];
    const promote = (userId: string) =>
      users.change(userId, async (_account, otherAdmins) => {
        seen.push((await otherAdmins()).map(({ id }) => id));
        return { role: "admin", auditEntry };
      });
    await promote("ann");
    await promote("bob");
    assert.deepEqual(seen, [["root"], ["root", "ann"]]);
    assert.deepEqual((await store.kv.get(keys.admins())).value, ["root", "ann", "bob"]);
  },
);

onEachStore("MO-5: a change that was decided on other administrators is decided again", async (store) => {
  const { users } = await usersOn(store);
  let decided = 0;
  const promoted = await users.change("ann", async (_account, otherAdmins) => {
    await otherAdmins();
    if (decided++ === 0) {
      await users.change("bob", async (_bob, others) => {
        await others();
        return { role: "admin", auditEntry };
      });
    }
    return { role: "admin", auditEntry };
  });
  assert.equal(decided, 2);
  assert.ok(promoted !== null && "role" in promoted && promoted.role === "admin");
  assert.deepEqual((await store.kv.get(keys.admins())).value, ["root", "bob", "ann"]);
});

onEachStore(
  "MO-2: sanctions, mutes and suspensions are written with the account, and read back",
  async (store) => {
    const { accounts, users } = await usersOn(store);
    const until = fakeStartMs + 60_000;
    const restriction = { reason: "Spam.", until };
    const sanction = { id: "S1", kind: "mute" as const, ...restriction, createdAt: fakeStartMs, by: "root" };
    await users.change(
      "ann",
      () => Promise.resolve({ mute: restriction, sanctions: [sanction], auditEntry }),
    );
    await users.change("ann", () => Promise.resolve({ suspension: restriction, auditEntry }));
    assert.deepEqual(await users.sanctionsOf("ann"), [sanction]);
    assert.deepEqual(await users.sanctionsOf("bob"), []);
    assert.deepEqual([...await users.mutes()], [["ann", restriction]]);
    assert.deepEqual([...await users.mutesOf(["bob", "ann"])], [["ann", restriction]]);
    assert.deepEqual((await users.named("ann"))?.suspension, restriction);
    const user = (await accounts.user("ann"))!;
    assert.deepEqual([user.status, user.suspension], ["suspended", restriction]);
  },
);

onEachStore("AU-8: a profile and the account are written as one", async (store) => {
  const { accounts, profiles } = await usersOn(store);
  assert.equal(await profiles.profile("ann"), null);
  const profile = { bio: "b", pronouns: "p", language: "en" };
  const change = (user: UserRecord) => ({ user: { ...user, displayName: "Ann" }, profile });
  await profiles.changeProfile("ann", change);
  assert.deepEqual(await profiles.profile("ann"), profile);
  assert.equal((await accounts.user("ann"))?.displayName, "Ann");
  assert.equal(await profiles.changeProfile("nobody", change), null);
});
