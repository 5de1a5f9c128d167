import assert from "node:assert/strict";
import type { FindingKind } from "../../lib/adapters/storage_check/mod.ts";
import { rehash, type RehashProgress } from "../../lib/adapters/blobs/rehash.ts";
import type { Usage } from "../../lib/adapters/kv/file_writes.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { asideOf, hashOf, idOf, keepAll, keptOf, pattern, utf8 } from "../fakes/blob_stores.ts";
import { dump } from "../fakes/kv_stores.ts";
import { ann, bob, matched, type SoundStorage, soundStorage, StorageRig } from "../fakes/storage_rig.ts";

async function withStorage(run: (rig: StorageRig, sound: SoundStorage) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "behest-test-" });
  try {
    await using store = await openStore(":memory:");
    const rig = await StorageRig.open(store, root);
    await run(rig, await soundStorage(rig));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const kindsOf = (findings: readonly { kind: FindingKind; subject: string }[]) =>
  findings.map(({ kind, subject }) => `${kind} ${subject}`).sort();

Deno.test("FI-3: in a storage as the server leaves it, nothing is found", async () => {
  await withStorage(async (rig) => {
    assert.deepEqual(await rig.look(), []);
    // What waits for a job or for the end of an upload is no fault either.
    const swept = await keepAll(rig.blobs, rig.nextId(), utf8("to be swept"));
    await rig.store.kv.set(keys.job(0, `blob_sweep:${swept}`), { kind: "blob_sweep", sha256: swept });
    const upload = await rig.upload(ann, "");
    const finishing = {
      sha256: await keepAll(rig.blobs, rig.nextId(), utf8("kept, not a file yet")),
      type: "",
    };
    await rig.files.saveUpload({ ...upload, sizeBytes: 20, offsetBytes: 20, finishing });
    await rig.blobs.unstage(upload.id);
    assert.deepEqual(await rig.look(), []);
  });
});

/** How something breaks, what is found then, and what is left of it after mending. */
const breaks: {
  what: string;
  act: (rig: StorageRig, sound: SoundStorage) => Promise<unknown>;
  found: (sound: SoundStorage) => string[];
  left?: (sound: SoundStorage) => string[];
}[] = [
  {
    what: "missing bytes",
    act: (rig, { shared }) => Deno.remove(rig.pathOf(shared.sha256)),
    found: ({ shared }) => [`bytes missing ${shared.sha256}`],
    left: ({ shared }) => [`bytes missing ${shared.sha256}`],
  },
  {
    what: "changed bytes",
    act: (rig, { shared }) => Deno.writeTextFile(rig.pathOf(shared.sha256), "what two HAVE"),
    found: ({ shared }) => [`bytes damaged ${shared.sha256}`],
    left: ({ shared }) => [`bytes missing ${shared.sha256}`],
  },
  {
    what: "bytes cut off",
    act: (rig, { shared }) => Deno.truncate(rig.pathOf(shared.sha256), 4),
    found: ({ shared }) => [`bytes damaged ${shared.sha256}`],
    left: ({ shared }) => [`bytes missing ${shared.sha256}`],
  },
  {
    what: "bytes without a record",
    act: (rig) => keepAll(rig.blobs, idOf(900), utf8("orphan")),
    found: () => [`bytes without record ${hashOf(utf8("orphan"))}`],
  },
  {
    what: "rejected bytes among the others, as an older version left them",
    act: async (rig, { rejected }) => {
      await rig.blobs.quarantine.restore(rejected.sha256);
      await rig.store.kv.delete(keys.quarantine(rejected.sha256));
    },
    found: ({ rejected }) => [`rejected bytes not in quarantine ${rejected.sha256}`],
  },
  {
    what: "rejected bytes that are gone before their time",
    act: (rig, { rejected }) => rig.blobs.quarantine.destroy(rejected.sha256),
    found: ({ rejected }) => [`bytes missing ${rejected.sha256}`],
    left: ({ rejected }) => [`bytes missing ${rejected.sha256}`],
  },
  {
    what: "bytes in quarantine whose time is over",
    act: (rig, { rejected }) => rig.store.kv.delete(keys.quarantine(rejected.sha256)),
    found: ({ rejected }) => [`bytes in quarantine without record ${rejected.sha256}`],
  },
  {
    what: "clean bytes in quarantine",
    act: (rig, { shared }) => rig.blobs.quarantine.put(shared.sha256),
    found: ({ shared }) => [
      `bytes in quarantine without record ${shared.sha256}`,
      `bytes missing ${shared.sha256}`,
    ],
  },
  {
    what: "a file that Behest did not make",
    act: (rig) => Deno.writeTextFile(`${rig.root}/files/note.txt`, ""),
    found: () => ["unknown file files/note.txt"],
    left: () => ["unknown file files/note.txt"],
  },
  {
    what: "a wrong size of a blob and of a file",
    act: async ({ store: { kv } }, { shared, theirs }) => {
      const { value } = await kv.get<object>(keys.blob(shared.sha256));
      await kv.set(keys.blob(shared.sha256), { ...value, sizeBytes: 12 });
      await kv.set(keys.file(theirs.id), { ...theirs, sizeBytes: 12 });
    },
    found: ({ shared }) => [
      `usage does not add up ${bob}`,
      `wrong size ${shared.id}`,
      `wrong size ${shared.sha256}`,
    ],
  },
  {
    what: "a file whose blob's record is gone, its bytes there",
    act: ({ store: { kv } }, { scanning }) =>
      Promise.all([
        kv.delete(keys.blob(scanning.sha256)),
        kv.delete(keys.blobIn("scanning", scanning.sha256)),
      ]),
    found: ({ scanning }) => [
      `file without blob ${scanning.id}`,
      `scan without blob ${scanning.sha256}`,
    ],
  },
  {
    what: "a file whose blob's record and bytes are gone",
    act: async (rig, { shared }) => {
      await rig.blobs.remove(shared.sha256);
      await rig.store.kv.delete(keys.blob(shared.sha256));
    },
    found: ({ shared, theirs }) => [`file without blob ${shared.id}`, `file without blob ${theirs.id}`],
  },
  {
    what: "a blob that no file refers to",
    act: async ({ store: { kv } }, { held }) => {
      await kv.delete(keys.file(held.id));
      await kv.delete(keys.fileOf(bob, held.id));
      await kv.delete(keys.ref(held.sha256, held.id));
      const usage = (await kv.get<Usage>(keys.usage(bob))).value!;
      const left: Usage = { bytes: usage.bytes - held.sizeBytes, files: usage.files - 1 };
      await kv.set(keys.usage(bob), left);
    },
    found: ({ held }) => [`blob without file ${held.sha256}`],
  },
  {
    what: "references of a file that is gone",
    act: async ({ store: { kv } }, { shared }) => {
      await kv.set(keys.ref(shared.sha256, idOf(900)), 1);
      await kv.set(keys.fileOf(ann, idOf(901)), 1);
      await kv.set(keys.fileUse(idOf(902), "command:1"), { untilMs: 1 });
      await kv.set(keys.fileUsed(idOf(902)), 1);
    },
    found: () => [
      `reference without file ${idOf(900)}`,
      `reference without file ${idOf(901)}`,
      `use without file ${idOf(902)}`,
      `use without file ${idOf(902)}`,
    ],
  },
  {
    what: "a file that nothing refers to, and that nothing ends",
    act: async ({ store: { kv } }, { scanning }) => {
      await kv.delete(keys.ref(scanning.sha256, scanning.id));
      await kv.delete(keys.fileOf(ann, scanning.id));
      for (const [key] of await dump(kv, keys.jobs())) {
        if (key[2] === `file_expire:${scanning.id}`) await kv.delete(key);
      }
    },
    found: ({ scanning }) => [
      `file that never expires ${scanning.id}`,
      `file without reference ${scanning.id}`,
    ],
  },
  {
    what: "usage that is too much for one and nothing for another",
    act: async ({ store: { kv } }) => {
      await kv.set(keys.usage(ann), { bytes: 1_000_000, files: 1 });
      await kv.delete(keys.usage(bob));
    },
    found: () => [`usage does not add up ${ann}`, `usage does not add up ${bob}`],
  },
  {
    what: "bytes aside without an upload, and of one that is done",
    act: async ({ blobs }, { done }) => {
      for (const id of [idOf(900), done.id]) await (await blobs.stage(id))[Symbol.asyncDispose]();
    },
    found: ({ done }) => [`bytes aside without upload ${idOf(900)}`, `bytes aside without upload ${done.id}`],
  },
  {
    what: "an upload without its bytes",
    act: ({ blobs }, { upload }) => blobs.unstage(upload.id),
    found: ({ upload }) => [`upload without bytes ${upload.id}`],
  },
  {
    what: "an upload with less than was promised",
    act: ({ root }, { upload }) => Deno.truncate(`${root}/uploads/${upload.id}`, 9),
    found: ({ upload }) => [`upload without bytes ${upload.id}`],
  },
  {
    what: "uploads in no list, and in one that they do not belong to",
    act: async ({ store: { kv } }, { upload, done }) => {
      await kv.delete(keys.uploadOf(ann, upload.id));
      await kv.set(keys.uploadOf(ann, done.id), 1);
      await kv.set(keys.uploadOf(bob, upload.id), 1);
    },
    found: ({ upload, done }) => [
      `upload not in its list ${done.id}`,
      `upload not in its list ${upload.id}`,
      `upload not in its list ${upload.id}`,
    ],
  },
  {
    what: "a blob that waits for a scan that is not there",
    act: async ({ store: { kv } }, { scanning }) => {
      await kv.delete(keys.scan(scanning.sha256));
      for (const [key] of await dump(kv, keys.scansDue())) await kv.delete(key);
    },
    found: ({ scanning }) => [`blob without scan ${scanning.sha256}`],
  },
  {
    what: "a blob that is held for a scanner, not for a moderator",
    act: ({ store: { kv } }, { held }) => kv.delete(keys.verdict(held.sha256, "virus")),
    found: ({ held }) => [`blob without scan ${held.sha256}`],
  },
  {
    what: "a scan out of its order",
    act: async ({ store: { kv } }, { scanning }) => {
      for (const [key] of await dump(kv, keys.scansDue())) await kv.delete(key);
      await kv.set(keys.scanDue(77, scanning.sha256), 1);
    },
    found: ({ scanning }) => [
      `scan not in its order ${scanning.sha256}`,
      `scan not in its order ${scanning.sha256}`,
    ],
  },
  {
    what: "lists of states that are wrong",
    act: async ({ store: { kv } }, { held, shared }) => {
      await kv.delete(keys.blobIn("held", held.sha256));
      await kv.set(keys.blobIn("rejected", shared.sha256), 1);
    },
    found: ({ held, shared }) => [
      `blob not in its list ${held.sha256}`,
      `blob not in its list ${shared.sha256}`,
    ],
  },
];

for (const { what, act, found, left = () => [] } of breaks) {
  Deno.test(`FI-3: the check finds ${what}, and mends it or says that it cannot`, async () => {
    await withStorage(async (rig, sound) => {
      await act(rig, sound);
      let findings = await rig.look();
      assert.deepEqual(kindsOf(findings), found(sound).sort());
      // One mend may show what was behind it.
      for (let looks = 0; looks < 3; looks++) {
        await rig.mend(findings);
        findings = await rig.look();
      }
      assert.deepEqual(kindsOf(findings), left(sound).sort());
      assert.deepEqual(findings.filter(({ mend }) => mend !== null), []);
    });
  });
}

Deno.test("SC-5: what a legal hold keeps is told, and not removed", async () => {
  await withStorage(async (rig, { shared }) => {
    const { kv } = rig.store;
    const orphan = await keepAll(rig.blobs, rig.nextId(), utf8("orphan"));
    const untilMs = rig.clock.now() + 1000;
    await kv.set(keys.hold("blob", orphan), { untilMs, incidents: ["1"] });
    await kv.set(keys.hold("user", ann), { untilMs, incidents: ["1"] });
    await rig.blobs.remove(shared.sha256);
    await kv.delete(keys.blob(shared.sha256));
    const findings = await rig.look();
    assert.deepEqual(
      findings.map((
        { kind, subject, mend },
      ) => [kind, subject === shared.id || subject === orphan, mend !== null]),
      [["bytes without record", true, false], ["file without blob", true, false], [
        "file without blob",
        false,
        true,
      ]],
    );
    rig.clock.advance(1001);
    assert.ok((await rig.look()).every(({ mend }) => mend !== null), "a hold that is over keeps nothing");
  });
});

Deno.test("SC-5: matched bytes are removed only where they are seen to be sealed", async () => {
  const outcomes: [evidence: string, readsBack: boolean, mends: "removes" | "seals" | "nothing"][] = [
    ["sealed", true, "removes"],
    ["sealed", false, "nothing"],
    ["sealing", true, "seals"],
    ["destroyed", false, "removes"],
    ["none", true, "nothing"],
  ];
  for (const [evidence, readsBack, mends] of outcomes) {
    await withStorage(async (rig) => {
      const { sha256, incidentId } = await matched(rig, evidence);
      const findings = await rig.look(readsBack);
      assert.deepEqual(kindsOf(findings), [`matched bytes not sealed away ${sha256}`], evidence);
      await rig.mend(findings);
      assert.equal(await rig.blobs.sizeOf(sha256) === null, mends === "removes", evidence);
      const jobs = (await dump(rig.store.kv, keys.jobs())).map(([, value]) => value as { kind: string });
      const seals = jobs.filter(({ kind }) => kind === "seal_evidence");
      assert.deepEqual(seals, mends === "seals" ? [{ kind: "seal_evidence", incidentId }] : [], evidence);
      const left = mends === "nothing" ? [`matched bytes not sealed away ${sha256}`] : [];
      assert.deepEqual(kindsOf(await rig.look(readsBack)), left, evidence);
    });
  }
});

Deno.test("SC-5: a match without its plain bytes is as it should be once they are sealed", async () => {
  await withStorage(async (rig) => {
    const { sha256, incidentId } = await matched(rig, "sealing");
    await rig.blobs.remove(sha256);
    assert.deepEqual(kindsOf(await rig.look()), [`bytes missing ${sha256}`]);
    await rig.store.kv.set(keys.incident(incidentId), {
      id: incidentId,
      sha256,
      evidence: "sealed",
      repeat: null,
    });
    assert.deepEqual(await rig.look(), []);
  });
});

Deno.test("FI-3: a check that does not mend changes nothing", async () => {
  await withStorage(async (rig, sound) => {
    for (const { act } of breaks.filter(({ what }) => /usage|aside|order|references/.test(what))) {
      await act(rig, sound);
    }
    const all = async () => [await dump(rig.store.kv), await keptOf(rig.blobs), await asideOf(rig.blobs)];
    const before = await all();
    assert.ok((await rig.look()).length > 5);
    assert.deepEqual(await all(), before);
  });
});

Deno.test("FI-3: a re-hash tells how far it is", async () => {
  await withStorage(async (rig) => {
    await keepAll(rig.blobs, rig.nextId(), pattern(3_000_000, 5));
    const told: RehashProgress[] = [];
    await rehash(rig.blobs, (progress) => told.push(progress));
    const last = told.at(-1)!;
    assert.deepEqual([last.blobs, last.bytes], [last.ofBlobs, last.ofBytes]);
    assert.ok(told.length >= 5 && told.length <= 11, `${told.length} lines`);
    assert.deepEqual(
      told.map(({ bytes }) => bytes),
      told.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
    );
  });
});
