import assert from "node:assert/strict";
import { prepareDemo, prepareFirstAdmin } from "../../lib/accounts/mod.ts";
import { loadSecret } from "../../lib/adapters/disk/secret_file.ts";
import { accountsRig, goodPassword, kindOf, must } from "../fakes/accounts_rig.ts";

const body = { username: "boss", password: goodPassword, adult: true as const };

function tokenIn(path: string | null): string {
  assert.ok(path !== null);
  assert.match(path, /^\/setup\?token=[A-Za-z0-9_-]{43}$/);
  return path.slice("/setup?token=".length);
}

Deno.test("AU-2: the setup link makes one administrator, once", async () => {
  await using rig = await accountsRig();
  assert.equal(await rig.accounts.setupPending(), false);
  const token = tokenIn(await prepareFirstAdmin(rig.needs, null));
  assert.equal(await rig.accounts.setupPending(), true);
  assert.equal(kindOf(await rig.accounts.setUp(rig.origin, "a guess", body)), "forbidden");
  const admin = must(await rig.accounts.setUp(rig.origin, token, body));
  assert.equal(admin.role, "admin");
  assert.deepEqual(admin.rights, { broadcast: true });
  assert.equal(await rig.accounts.setupPending(), false);
  const again = await rig.accounts.setUp(rig.origin, token, { ...body, username: "other" });
  assert.equal(kindOf(again), "forbidden");
  assert.equal(await prepareFirstAdmin(rig.needs, null), null);
  must(await rig.accounts.login(rig.origin, body));
});

Deno.test("AU-2: of many uses of the link at once exactly one makes an administrator", async () => {
  await using rig = await accountsRig();
  const token = tokenIn(await prepareFirstAdmin(rig.needs, null));
  const answers = await Promise.all(
    Array.from(
      { length: 10 },
      (_, at) => rig.accounts.setUp(rig.origin, token, { ...body, username: `boss-${at}` }),
    ),
  );
  assert.equal(answers.filter((answer) => kindOf(answer) === "answered").length, 1);
  assert.equal(answers.filter((answer) => kindOf(answer) === "forbidden").length, 9);
});

Deno.test("AU-2: every start makes a new link, and the old one ends; a taken name does not use it up", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const first = tokenIn(await prepareFirstAdmin(rig.needs, null));
  const second = tokenIn(await prepareFirstAdmin(rig.needs, null));
  assert.notEqual(first, second);
  assert.equal(kindOf(await rig.accounts.setUp(rig.origin, first, body)), "forbidden");
  const weak = { ...body, password: "1234567890987654321" };
  assert.equal(kindOf(await rig.accounts.setUp(rig.origin, second, weak)), "invalid_params");
  assert.equal(
    kindOf(await rig.accounts.setUp(rig.origin, second, { ...body, username: "alice" })),
    "conflict",
  );
  must(await rig.accounts.setUp(rig.origin, second, body));
});

Deno.test("AU-2: the configured administrator is made at the first start and left alone afterwards", async () => {
  await using rig = await accountsRig();
  assert.equal(await prepareFirstAdmin(rig.needs, { username: "Boss", password: goodPassword }), null);
  assert.equal(await prepareFirstAdmin(rig.needs, { username: "boss", password: "another password" }), null);
  assert.equal(must(await rig.accounts.login(rig.origin, body)).user.role, "admin");
  assert.equal(await rig.accounts.setupPending(), false);
});

Deno.test("AU-2: an administrator that cannot be made stops the start with the variable's name", async () => {
  await using rig = await accountsRig();
  await rig.person("alice");
  const cases = [
    [{ username: "b s", password: goodPassword }, /^Error: BEHEST_ADMIN_USERNAME: /],
    [{ username: "alice", password: goodPassword }, /^Error: BEHEST_ADMIN_USERNAME: /],
    [{ username: "boss", password: "short" }, /^Error: BEHEST_ADMIN_PASSWORD: /],
    [{ username: "boss", password: "1234567890987654321" }, /^Error: BEHEST_ADMIN_PASSWORD: /],
  ] as const;
  for (const [admin, message] of cases) {
    await assert.rejects(prepareFirstAdmin(rig.needs, admin), (error) => {
      assert.match(String(error), message);
      assert.ok(!String(error).includes(admin.password));
      return true;
    });
  }
});

Deno.test("evaluation mode offers two demo people who are contacts, with the same password at every start", async () => {
  await using rig = await accountsRig();
  const needs = { ...rig.needs, contacts: rig.contactsStore };
  const demo = await prepareDemo(needs, "evaluation");
  assert.ok(demo !== null);
  assert.deepEqual(demo.usernames, ["demo-ann", "demo-bob"]);
  assert.match(demo.password, /^[a-z]{6}(-[a-z]{6}){3}$/);
  assert.deepEqual(await prepareDemo(needs, "evaluation"), demo);
  for (const username of demo.usernames) {
    const { token } = must(await rig.accounts.login(rig.origin, { username, password: demo.password }));
    const caller = must(await rig.accounts.authenticate(token, rig.origin));
    const { contacts } = await rig.contacts.list(caller);
    assert.deepEqual(
      contacts.map((contact) => contact.username),
      demo.usernames.filter((name) => name !== username),
    );
  }
});

Deno.test("in production the demo people are nobody: no login, no session, no password kept", async () => {
  await using rig = await accountsRig();
  const demo = await prepareDemo({ ...rig.needs, contacts: rig.contactsStore }, "evaluation");
  assert.ok(demo !== null);
  const known = { username: "demo-ann", password: demo.password };
  const { token } = must(await rig.accounts.login(rig.origin, known));

  const production = await accountsRig({ store: rig.store, mode: "production" });
  const needs = { ...production.needs, contacts: production.contactsStore };
  assert.equal(await prepareDemo(needs, "production"), null);
  assert.equal(kindOf(await production.accounts.login(rig.origin, known)), "unauthorized");
  assert.equal(kindOf(await production.accounts.authenticate(token, rig.origin)), "unauthorized");
  assert.equal(await production.accountsStore.demoPassword(), null);

  const again = await accountsRig({ store: rig.store });
  const renewed = await prepareDemo({ ...again.needs, contacts: again.contactsStore }, "evaluation");
  assert.ok(renewed !== null && renewed.password !== "");
  must(await again.accounts.login(rig.origin, { username: "demo-ann", password: renewed.password }));
});

Deno.test("a person who has a demo name is left alone", async () => {
  await using rig = await accountsRig();
  await rig.person("demo-ann");
  assert.equal(await prepareDemo({ ...rig.needs, contacts: rig.contactsStore }, "evaluation"), null);
  must(await rig.accounts.login(rig.origin, { username: "demo-ann", password: goodPassword }));
});

Deno.test("AU-3: the secret is made once, 32 bytes, for its owner's eyes only; a damaged one is not replaced", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const inner = `${dir}/data`;
    const secret = await loadSecret(inner);
    assert.equal(secret.length, 32);
    assert.deepEqual(await loadSecret(inner), secret);
    assert.deepEqual(Array.from(Deno.readDirSync(inner), (entry) => entry.name), ["secret.key"]);
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(`${inner}/secret.key`)).mode! & 0o777, 0o600);
      await Deno.chmod(`${inner}/secret.key`, 0o644);
      await loadSecret(inner);
      assert.equal((await Deno.stat(`${inner}/secret.key`)).mode! & 0o777, 0o600);
    }
    await Deno.truncate(`${inner}/secret.key`, 10);
    await assert.rejects(loadSecret(inner), /does not hold 32 bytes/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
