import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { Audit } from "../../lib/moderation/mod.ts";
import { auditEntryOf, type Caller } from "../../lib/platform/mod.ts";
import { type AuditFilter, limits, Refusal } from "../../lib/protocol/mod.ts";
import { auditCsv, jsonList } from "../../lib/text/mod.ts";
import { csvLine } from "../../lib/text/answers_csv.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";

const boss = { userId: "B", username: "boss", role: "admin", address: "192.0.2.1" } as Caller;
const minute = 60_000;

async function rig() {
  const store = await openStore(":memory:");
  const clock = new FakeClock();
  const chain = new KvAudit(store, clock, new KeptLog());
  const audit = new Audit(chain);
  const add = async (action: string, subject: string | null, username = "boss") => {
    clock.advance(minute);
    await chain.append(auditEntryOf({ ...boss, username }, action, subject, {}, '=1+1, "why"'));
  };
  return { store, clock, audit, add, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

function must<T>(answer: T | Refusal): T {
  assert.ok(!(answer instanceof Refusal));
  return answer;
}

Deno.test("MO-3: entries are found by who, what, on whom and when, a bounded number of them at a time", async () => {
  await using stage = await rig();
  const { audit, add, clock } = stage;
  await add("user.mute", "ann");
  await add("user.lift", "ann", "mod");
  await add("group.create", "group:user");
  const from = new Date(clock.now() + 1).toISOString();
  await add("user.mute", "bob");
  const found = async (filter: AuditFilter, limit?: number) => {
    const seen: unknown[] = [];
    let before: string | undefined;
    do {
      const page = must(
        await audit.page(boss, { ...filter, before, ...limit === undefined ? {} : { limit } }),
      );
      seen.push(...page.entries.map(({ action, subject }) => `${action} ${subject}`));
      before = page.next ?? undefined;
    } while (before !== undefined);
    return seen;
  };
  const everything = ["user.mute bob", "group.create group:user", "user.lift ann", "user.mute ann"];
  for (const limit of [undefined, 1, 2, 3, 4]) assert.deepEqual(await found({}, limit), everything);
  assert.deepEqual(await found({ action: "user" }, 1), ["user.mute bob", "user.lift ann", "user.mute ann"]);
  assert.deepEqual(await found({ action: "user.mute" }), ["user.mute bob", "user.mute ann"]);
  assert.deepEqual(await found({ actor: "mod" }), ["user.lift ann"]);
  assert.deepEqual(await found({ subject: "ann" }), ["user.lift ann", "user.mute ann"]);
  assert.deepEqual(await found({ from }), ["user.mute bob"]);
  assert.deepEqual(await found({ to: from, action: "group" }), ["group.create group:user"]);
  assert.deepEqual(await found({ action: "nothing" }), []);
});

Deno.test("MO-3: a page with a filter looks through a bounded number of entries, and goes on", async () => {
  const reads: number[] = [];
  const record = (seq: number) => ({ seq, at: "2026-01-01T00:00:00.000Z", action: "a", detail: {} });
  const audit = new Audit({
    entriesBefore(seq, limit) {
      reads.push(limit);
      const last = (seq ?? 1_000_000) - 1;
      return Promise.resolve(Array.from({ length: limit }, (_, at) => record(last - at)) as never);
    },
    chain: () => Promise.reject(new Error("not here")),
    append: () => Promise.resolve(),
  });
  const page = must(await audit.page(boss, { action: "b" }));
  assert.deepEqual(page.entries, []);
  assert.notEqual(page.next, null);
  assert.equal(reads.reduce((sum, one) => sum + one, 0), limits.auditSearched);
});

Deno.test("MO-3: one press verifies the chain, also while entries are added, and names the first wrong one", async () => {
  await using stage = await rig();
  const { audit, add, store } = stage;
  assert.deepEqual(must(await audit.verify(boss)), { ok: true, entries: 0, hash: "0".repeat(64) });
  for (const name of ["ann", "bob", "cal"]) await add("user.mute", name);
  const [verdict] = await Promise.all([audit.verify(boss), add("user.lift", "ann")]);
  assert.equal(Reflect.get(must(verdict), "ok"), true);
  const second = await store.kv.get<object>(keys.audit(2));
  await store.kv.set(keys.audit(2), { ...second.value, subject: "nobody" });
  const broken = must(await audit.verify(boss));
  assert.deepEqual([broken.ok, Reflect.get(broken, "seq")], [false, 2]);
  assert.ok(await audit.verify({ ...boss, role: "moderator" }) instanceof Refusal);
});

Deno.test("MO-3: entries are exported as CSV and JSON, without formulas, and the export is an entry", async () => {
  await using stage = await rig();
  const { audit, add } = stage;
  await add("user.mute", "ann");
  await add("group.end", "group:readers");
  const textOf = async (parts: AsyncIterable<string>) => (await Array.fromAsync(parts)).join("");
  const csv = await textOf(auditCsv(must(await audit.export(boss, { action: "user" }))));
  const [head, line, end] = csv.split("\r\n");
  assert.equal(head, "at,actor,action,subject,address,reason,detail,hash");
  assert.match(line!, /,boss,user\.mute,ann,192\.0\.2\.1,"'=1\+1, ""why""",\{\},[0-9a-f]{64}$/);
  assert.equal(end, "");
  // Where semicolons begin cells, as in Germany.
  assert.equal(csvLine(["see;=1+1", 'a; "@b', "c\n-d", "e;f"]), `see;'=1+1,"a; ""'@b","c\n'-d",e;f\r\n`);
  const json = JSON.parse(await textOf(jsonList(must(await audit.export(boss, {})))));
  assert.deepEqual(json.map(({ action }: { action: string }) => action), [
    "audit.export",
    "audit.export",
    "group.end",
    "user.mute",
  ]);
  assert.deepEqual(json[1].detail, { action: "user" });
  assert.deepEqual(JSON.parse(await textOf(jsonList(must(await audit.export(boss, { actor: "x" }))))), []);
  assert.ok(await audit.export({ ...boss, role: "moderator" }, {}) instanceof Refusal);
});
