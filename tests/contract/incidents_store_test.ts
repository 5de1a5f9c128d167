import assert from "node:assert/strict";
import { kvFileStore } from "../../lib/adapters/kv/files_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import type { FileRecord } from "../../lib/files/ports.ts";
import { auditEntryOf, type Caller } from "../../lib/platform/mod.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { evidenceDays, type IncidentRig, incidentRig, matchFinding, must } from "../fakes/incident_rig.ts";
import { onEachStore, storeFile } from "../fakes/kv_stores.ts";
import { told } from "../fakes/told.ts";

const quotaBytes = 1e9;

/** What the file service adds after an upload. */
function addFile(rig: IncidentRig, store: Store, owner: Caller, sha256: string) {
  return kvFileStore(store, rig.clock).add({
    id: rig.ids.next(),
    ownerId: owner.userId,
    sha256,
    name: "picture.png",
    sizeBytes: 10,
    type: "image/png",
    createdMs: rig.clock.now(),
    from: { address: "203.0.113.9", port: 40_001, device: "web", requestId: "request" },
  }, { quotaBytes });
}

function recordOf(added: FileRecord | string): FileRecord {
  if (typeof added === "string") throw new Error(added);
  return added;
}

async function preserve(rig: IncidentRig): Promise<boolean> {
  return await rig.incidents.preserve(await rig.leased(), matchFinding, rig.verdicts());
}

onEachStore(
  "SC-4, SC-5: after a match no upload has the hash, and nothing of it is removed before its hold ends",
  async (store) => {
    await using rig = await incidentRig({ store });
    const files = kvFileStore(store, rig.clock);
    const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
    const sha256 = rig.blobs.add(new Uint8Array(10));
    const file = recordOf(await addFile(rig, store, ann, sha256));
    const other = recordOf(await addFile(rig, store, ann, "f".repeat(64)));
    assert.equal(await preserve(rig), true);
    assert.equal(await addFile(rig, store, bob, sha256), "refused");
    assert.equal(await files.remove(file, null), false);
    assert.equal(await files.remove(other, null), false, "the account is held, and with it what it has");
    assert.deepEqual(
      await Promise.all(
        [["file", file.id], ["user", ann.userId], ["blob", sha256], ["user", bob.userId]].map(([what, id]) =>
          files.held(what as "file" | "user" | "blob", id!)
        ),
      ),
      [true, true, true, false],
    );
    const [incident] = await rig.incidentStore.page({ before: null, state: null, limit: 1 });
    rig.clock.advance(2 * evidenceDays * 24 * 3600_000);
    assert.equal(await files.remove(file, null), false, "a hold ends with its job, not by itself");
    await rig.incidents.run({ kind: "end_evidence", incidentId: incident!.id });
    assert.equal(await files.remove(file, null), true);
    assert.equal(await files.remove(other, null), true);
  },
);

onEachStore("SC-5: an upload that races with a match is named by the incident or refused", async (store) => {
  await using rig = await incidentRig({ store });
  for (let round = 0; round < 10; round++) {
    const people = await Promise.all([0, 1, 2].map((at) => rig.person(`user${round}-${at}`)));
    const sha256 = rig.blobs.add(new Uint8Array(10).fill(round));
    recordOf(await addFile(rig, store, people[0]!, sha256));
    const job = await rig.leased();
    const [kept, ...added] = await Promise.all([
      rig.incidents.preserve(job, matchFinding, rig.verdicts()),
      addFile(rig, store, people[1]!, sha256),
      addFile(rig, store, people[2]!, sha256),
    ]);
    assert.equal(kept, true);
    const incident = (await rig.incidentStore.matchOf(sha256))!;
    await rig.incidents.run({ kind: "seal_evidence", incidentId: incident.id });
    const named = (await rig.incidentStore.uploads(incident.id, Infinity)).map(({ username }) => username);
    const accepted = people.filter((_, at) => at === 0 || added[at - 1] !== "refused");
    assert.deepEqual(named.toSorted(), accepted.map(({ username }) => username));
  }
});

onEachStore(
  "SC-5: a file that is removed while its bytes are matched is named or gone, and never half",
  async (store) => {
    await using rig = await incidentRig({ store });
    const files = kvFileStore(store, rig.clock);
    for (let round = 0; round < 10; round++) {
      const [ann, bob] = [await rig.person(`ann${round}`), await rig.person(`bob${round}`)];
      const sha256 = rig.blobs.add(new Uint8Array(20).fill(round));
      const [one] = [
        recordOf(await addFile(rig, store, ann, sha256)),
        recordOf(await addFile(rig, store, bob, sha256)),
      ];
      const job = await rig.leased();
      const [kept, removed] = await Promise.all([
        rig.incidents.preserve(job, matchFinding, rig.verdicts()),
        files.remove(one, null),
      ]);
      assert.equal(kept, true);
      const incident = (await rig.incidentStore.matchOf(sha256))!;
      const named = (await rig.incidentStore.uploads(incident.id, Infinity)).map(({ fileId }) => fileId);
      if (!removed) assert.ok(named.includes(one.id), "what is kept is named");
      assert.equal((await files.file(one.id)) === null, removed);
    }
  },
);

Deno.test("SC-5: an incident and its jobs outlive the process", async () => {
  await using file = await storeFile();
  let id: string;
  {
    await using store = await openStore(file.path);
    await using rig = await incidentRig({ store });
    ({ id } = await rig.matched([await rig.person("ann")]));
  }
  await using store = await openStore(file.path);
  await using rig = await incidentRig({ store });
  const incident = await rig.incidentStore.incident(id);
  assert.deepEqual([incident!.evidence, incident!.state], ["sealing", "open"]);
  const kinds: string[] = [];
  for await (const { value } of rig.kv.list<{ kind: string }>({ prefix: keys.jobs() })) {
    kinds.push(value.kind);
  }
  assert.deepEqual(kinds.toSorted(), ["blob_changed", "end_evidence", "seal_evidence"]);
});

onEachStore(
  "SC-6, MO-3: a change is decided again when another was faster, and is there with its audit entry or not at all",
  async (store) => {
    await using rig = await incidentRig({ store });
    const mod = await rig.person("mod", "moderator");
    const { id } = await rig.matched([await rig.person("ann")]);
    const auditEntry = auditEntryOf(mod, "test", `incident:${id}`);
    let decided = 0;
    const changes = await Promise.all(
      Array.from({ length: 5 }, () =>
        rig.incidentStore.change(id, (record) => {
          decided++;
          return { to: { ...record, answer: `${record.answer}+` }, auditEntry };
        })),
    );
    assert.ok(changes.every((changed) => changed !== null && !(changed instanceof Refusal)));
    assert.ok(decided > 5, "some were decided on what was not so any more");
    assert.equal((await rig.incidentStore.incident(id))!.answer, `${matchFinding.answer}+++++`);
    const [entry, head] = await rig.kv.getMany([keys.incident(id), keys.auditHead()]);
    assert.equal(entry!.versionstamp, head!.versionstamp);
    const refusal = new Refusal("conflict", told("No."));
    assert.equal(await rig.incidentStore.change(id, () => refusal), refusal);
    assert.equal(await rig.incidentStore.change("01ARZ3NDEKTSV4RRFFQ69G5FAV", () => ({ auditEntry })), null);
    assert.deepEqual((await rig.auditEntries()).map(({ action }) => action), [
      "incident.open",
      ...Array.from({ length: 5 }, () => "test"),
    ]);
  },
);

onEachStore("SC-6: incidents and uploads are found by id, hash and state", async (store) => {
  await using rig = await incidentRig({ store });
  const ann = await rig.person("ann");
  const matches = [await rig.matched([ann], 10, 1), await rig.matched([ann, ann], 10, 2)];
  await rig.jobs.runDue();
  assert.equal(await rig.incidentStore.matchOf("0".repeat(64)), null);
  for (const { id, sha256, files } of matches) {
    assert.equal((await rig.incidentStore.matchOf(sha256))!.id, id);
    const uploads = await rig.incidentStore.uploads(id, 10);
    assert.deepEqual(uploads.map(({ fileId }) => fileId), files.map((file) => file.id));
    assert.equal((await rig.incidentStore.uploads(id, 1)).length, 1);
  }
  const sealed: string[] = [];
  for await (const { id } of rig.incidentStore.sealed()) sealed.push(id);
  assert.deepEqual(sealed, matches.map(({ id }) => id));
  must(await rig.incidents.close(await rig.person("mod", "moderator"), matches[1]!.id, { reason: "x" }));
  const closed = await rig.incidentStore.page({ before: null, state: "closed", limit: 10 });
  assert.deepEqual(closed.map(({ id }) => id), [matches[1]!.id]);
  const before = await rig.incidentStore.page({ before: matches[1]!.id, state: null, limit: 10 });
  assert.deepEqual(before.map(({ id }) => id), [matches[0]!.id]);
});
