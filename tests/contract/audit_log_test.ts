import assert from "node:assert/strict";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { type AuditRecord, type ChainReport, verifyChain } from "../../lib/moderation/mod.ts";
import type { AuditEntry } from "../../lib/platform/mod.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { onEachStore } from "../fakes/kv_stores.ts";

const auditEntry = (action: string, detail: AuditEntry["detail"] = {}): AuditEntry => ({
  actor: { userId: "U1", username: "root" },
  action,
  subject: "ann",
  address: "192.0.2.1",
  reason: "because",
  detail,
});

function auditOn(store: Store) {
  const log = new KeptLog();
  return { log, audit: new KvAudit(store, new FakeClock(), log) };
}

async function verified(audit: KvAudit): Promise<ChainReport> {
  const { entries, head } = await audit.chain();
  return await verifyChain(entries, head);
}

onEachStore("MO-3: entries continue each other, and a walk finds the chain whole", async (store) => {
  const { audit, log } = auditOn(store);
  assert.deepEqual(await verified(audit), { ok: true, entries: 0, hash: "0".repeat(64) });
  for (const action of ["one", "two", "three"]) {
    assert.equal((await audit.commit({}, auditEntry(action, { b: 1, a: null }))).ok, true);
  }
  const entries = await audit.entriesBefore(null, 10);
  assert.deepEqual(entries.map(({ action }) => action), ["three", "two", "one"]);
  assert.equal(entries[0]!.before, entries[1]!.hash);
  assert.deepEqual((await audit.entriesBefore(3, 1)).map(({ action }) => action), ["two"]);
  assert.deepEqual(await verified(audit), { ok: true, entries: 3, hash: entries[0]!.hash });
  const noted = log.lines.filter(({ event }) => event === "audit.appended").map(({ fields }) => fields.hash);
  assert.deepEqual(noted, entries.map(({ hash }) => hash).reverse());
});

onEachStore("MO-3: an entry and what it tells of are written together or not at all", async (store) => {
  const { audit } = auditOn(store);
  const key = ["thing"];
  const make = () =>
    audit.commit(
      { checks: [{ key, versionstamp: null }], sets: [{ key, value: 1 }] },
      auditEntry("make"),
    );
  assert.equal((await make()).ok, true);
  assert.equal((await make()).ok, false);
  assert.equal((await audit.entriesBefore(null, 10)).length, 1);
  assert.equal((await verified(audit)).ok, true);
});

onEachStore("MO-3: appends at once, of two instances too, make one chain", async (store) => {
  const [one, other] = [auditOn(store).audit, auditOn(store).audit];
  const count = 10;
  const appends = Array.from({ length: count }, (_, at) => [
    one.commit({ sets: [{ key: ["one", at], value: at }] }, auditEntry(`one ${at}`)),
    other.commit({ sets: [{ key: ["other", at], value: at }] }, auditEntry(`other ${at}`)),
  ]).flat();
  assert.ok((await Promise.all(appends)).every(({ ok }) => ok));
  const report = await verified(one);
  assert.deepEqual([report.ok, report.ok && report.entries], [true, 2 * count]);
  const actions = (await one.entriesBefore(null, 100)).map(({ action }) => action);
  assert.equal(new Set(actions).size, 2 * count);
});

const tampering: [what: string, seq: number, tamper: (store: Store) => Promise<unknown>][] = [
  ["a changed entry", 2, (store) => changeEntry(store, 2, { reason: "another" })],
  ["a changed detail", 2, (store) => changeEntry(store, 2, { detail: { role: "admin" } })],
  ["an added field", 2, (store) => changeEntry(store, 2, { more: 1 } as Partial<AuditRecord>)],
  ["a removed entry", 2, (store) => store.kv.delete(keys.audit(2))],
  ["a removed last entry", 3, (store) => store.kv.delete(keys.audit(3))],
  ["a removed head", 1, (store) => store.kv.delete(keys.auditHead())],
  ["an entry behind the head", 4, async (store) => {
    const { value } = await store.kv.get<AuditRecord>(keys.audit(3));
    await store.kv.set(keys.audit(4), { ...value, seq: 4, before: value!.hash });
  }],
  ["two entries that changed places", 1, async (store) => {
    const [one, two] = await store.kv.getMany<AuditRecord[]>([keys.audit(1), keys.audit(2)]);
    await store.kv.set(keys.audit(1), two!.value);
    await store.kv.set(keys.audit(2), one!.value);
  }],
];

async function changeEntry(store: Store, seq: number, change: Partial<AuditRecord>): Promise<void> {
  const { value } = await store.kv.get<AuditRecord>(keys.audit(seq));
  await store.kv.set(keys.audit(seq), { ...value, ...change });
}

for (const [what, seq, tamper] of tampering) {
  onEachStore(`MO-3: ${what} is found, and the first broken link named`, async (store) => {
    const { audit } = auditOn(store);
    for (const action of ["one", "two", "three"]) await audit.commit({}, auditEntry(action));
    assert.equal((await verified(audit)).ok, true);
    await tamper(store);
    const report = await verified(audit);
    assert.ok(!report.ok);
    assert.equal(report.seq, seq, report.why);
  });
}
