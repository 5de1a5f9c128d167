import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { EvidenceStore } from "../../lib/scanning/mod.ts";
import { dayMs, evidenceDays, type IncidentRig, incidentRig, must } from "../fakes/incident_rig.ts";

/** Where a process may die while it seals. */
const deaths = [
  "before the bytes are opened",
  "before anything is written",
  "in the middle of writing",
  "after writing, before the rename",
  "after the rename",
  "before the plain bytes are removed",
  "after the plain bytes are removed",
  "after the incident is marked",
] as const;
type Death = (typeof deaths)[number];

class Died extends Error {}

/** A rig whose next run of the sealing job dies at a place. */
async function dyingRig(death: Death) {
  let left: Death | null = null;
  const die = (at: Death) => {
    if (left !== at) return;
    left = null;
    throw new Died(at);
  };
  let root = "";
  const evidence = (real: EvidenceStore): EvidenceStore => ({
    verify: (id, what) => real.verify(id, what),
    open: (id) => real.open(id),
    destroy: (id) => real.destroy(id),
    async seal(id, plain, what) {
      try {
        die("before anything is written");
        if (left === "in the middle of writing") {
          // What such a process leaves behind: a part that nobody knows of.
          await Deno.mkdir(`${root}/evidence`, { recursive: true });
          await Deno.writeFile(`${root}/evidence/${id}.dead.part`, new Uint8Array(100));
          die(left);
        }
      } catch (error) {
        await plain.cancel();
        throw error;
      }
      await real.seal(id, plain, what);
      if (left === "after writing, before the rename") {
        await Deno.rename(`${root}/evidence/${id}`, `${root}/evidence/${id}.dead.part`);
        die(left);
      }
      die("after the rename");
    },
  });
  const rig = await incidentRig({ evidence });
  root = rig.root;
  rig.blobs.before = (call) => {
    if (call === "open") die("before the bytes are opened");
    else die("before the plain bytes are removed");
  };
  const remove = rig.blobs.remove.bind(rig.blobs);
  let removals = 0;
  rig.blobs.remove = async (sha256) => {
    await remove(sha256);
    if (removals++ === 0) die("after the plain bytes are removed");
    else die("after the incident is marked");
  };
  return { rig, arm: () => left = death };
}

/** What must be so in the end, whatever happened on the way. */
async function assertKept(rig: IncidentRig, match: { id: string; sha256: string; bytes: Uint8Array }) {
  assert.equal((await rig.incidentStore.incident(match.id))!.evidence, "sealed");
  assert.equal(rig.blobs.bytes.size, 0, "the plain bytes are gone");
  assert.deepEqual(await rig.names(), [match.id], "one sealed file, and nothing aside");
  const plain = await new Response(await rig.sealed.open(match.id)).bytes();
  assert.deepEqual(plain, new Uint8Array(match.bytes));
  const incidents = await rig.incidentStore.page({ before: null, state: null, limit: 10 });
  assert.deepEqual(incidents.map(({ id }) => id), [match.id], "exactly one incident");
  const actions = (await rig.auditEntries()).map(({ action }) => action);
  assert.deepEqual(actions, ["incident.open", "incident.sealed"]);
}

for (const death of deaths) {
  Deno.test(`SC-5: a process that dies ${death} leaves nothing half done`, async () => {
    const { rig, arm } = await dyingRig(death);
    await using _rig = rig;
    const match = await rig.matched([await rig.person("ann")], 3_000_000);
    arm();
    await rig.jobs.runDue();
    const broken = rig.log.lines.filter(({ event }) => event === "job.failed");
    assert.equal(broken.length, 1, "the job died");
    const { evidence } = (await rig.incidentStore.incident(match.id))!;
    const sealed = (await rig.names()).includes(match.id);
    assert.ok(rig.blobs.bytes.size === 1 || sealed, "the bytes are somewhere");
    if (evidence === "sealed") assert.equal(rig.blobs.bytes.size, 0);
    rig.clock.advance(10_000);
    await rig.jobs.runDue();
    await assertKept(rig, match);
    assert.equal(rig.log.lines.filter(({ event }) => event === "job.failed").length, 1);
  });
}

Deno.test("SC-5: evidence that cannot be read back does not cost the plain bytes", async () => {
  let broken = true;
  await using rig = await incidentRig({
    evidence: (real) => ({
      verify: (id, what) => real.verify(id, what),
      open: (id) => real.open(id),
      destroy: (id) => real.destroy(id),
      async seal(id, plain, what) {
        await real.seal(id, plain, what);
        if (!broken) return;
        // The disk lied.
        await Deno.truncate(`${rig.root}/evidence/${id}`, 500);
        throw new Error("reading back failed");
      },
    }),
  });
  const match = await rig.matched([await rig.person("ann")]);
  for (let tries = 0; tries < 3; tries++) {
    await rig.jobs.runDue();
    rig.clock.advance(600_000);
    assert.equal(rig.blobs.bytes.size, 1);
    assert.equal((await rig.incidentStore.incident(match.id))!.evidence, "sealing");
  }
  broken = false;
  await rig.jobs.runDue();
  await assertKept(rig, match);
});

Deno.test("SC-5: bytes that are nowhere are not called sealed", async () => {
  await using rig = await incidentRig();
  const match = await rig.matched([await rig.person("ann")]);
  const bytes = rig.blobs.bytes.get(match.sha256)!;
  rig.blobs.bytes.clear();
  await rig.jobs.runDue();
  assert.equal((await rig.incidentStore.incident(match.id))!.evidence, "sealing");
  assert.ok(rig.log.lines.some(({ event }) => event === "job.failed"));
  rig.blobs.bytes.set(match.sha256, bytes);
  rig.clock.advance(60_000);
  await rig.jobs.runDue();
  await assertKept(rig, match);
});

Deno.test("SC-5: other bytes under the hash are not sealed as the evidence", async () => {
  await using rig = await incidentRig();
  const match = await rig.matched([await rig.person("ann")]);
  rig.blobs.bytes.set(match.sha256, new Uint8Array(1000));
  await rig.jobs.runDue();
  assert.equal((await rig.incidentStore.incident(match.id))!.evidence, "sealing");
  assert.deepEqual(await rig.names(), []);
});

Deno.test("SC-5: bytes that an upload brought back are removed at the next start", async () => {
  await using rig = await incidentRig();
  const match = await rig.matched([await rig.person("ann")]);
  await rig.jobs.runDue();
  rig.blobs.bytes.set(match.sha256, match.bytes);
  const clean = rig.blobs.add(new Uint8Array(5));
  await rig.incidents.prepare();
  assert.deepEqual([...rig.blobs.bytes.keys()], [clean]);
});

Deno.test("SC-5: at the end of the hold the evidence is destroyed and the holds end, not a moment before", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const { id, sha256, files } = await rig.matched([ann]);
  await rig.jobs.runDue();
  const held = () =>
    Promise.all(
      [["blob", sha256], ["file", files[0]!.id], ["user", ann.userId]].map(async ([what, of]) =>
        (await rig.kv.get(keys.hold(what!, of!))).value !== null
      ),
    );
  rig.clock.advance(evidenceDays * dayMs - 1);
  await rig.jobs.runDue();
  assert.deepEqual(await held(), [true, true, true]);
  assert.deepEqual(await rig.names(), [id]);
  rig.clock.advance(1);
  await rig.jobs.runDue();
  assert.deepEqual(await held(), [false, false, false]);
  assert.deepEqual(await rig.names(), []);
  assert.equal(must(await rig.incidents.get(mod, id)).evidence, "destroyed");
  assert.equal((await rig.auditEntries()).at(-1)!.action, "incident.end");
  // Again, as after a crash: no harm done.
  await rig.incidents.run({ kind: "end_evidence", incidentId: id });
  await rig.incidents.run({ kind: "seal_evidence", incidentId: id });
  assert.equal(must(await rig.incidents.get(mod, id)).evidence, "destroyed");
});

Deno.test("SC-5: what is held for two incidents stays until the end of both", async () => {
  await using rig = await incidentRig();
  const ann = await rig.person("ann");
  const first = await rig.matched([ann], 100, 1);
  rig.clock.advance(10 * dayMs);
  const second = await rig.matched([ann], 100, 2);
  await rig.jobs.runDue();
  rig.clock.advance((evidenceDays - 10) * dayMs);
  await rig.jobs.runDue();
  assert.equal((await rig.incidentStore.incident(first.id))!.evidence, "destroyed");
  const hold = await rig.kv.get<{ incidents: string[] }>(keys.hold("user", ann.userId));
  assert.deepEqual(hold.value!.incidents, [second.id]);
  rig.clock.advance(10 * dayMs);
  await rig.jobs.runDue();
  assert.equal((await rig.kv.get(keys.hold("user", ann.userId))).value, null);
});
