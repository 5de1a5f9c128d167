import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import {
  backUp,
  BackupDirectory,
  BackupProblem,
  restore,
  sealedFor,
  unsealed,
  verifyBackup,
} from "../../lib/adapters/backup/mod.ts";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { openStore } from "../../lib/adapters/kv/mod.ts";
import { ann, StorageRig } from "../fakes/storage_rig.ts";

const nowMs = Date.parse("2026-01-02T03:04:05Z");

/** A data directory with two files and keys, and room for archives; gone when disposed. */
async function rig() {
  const root = await Deno.makeTempDir({ prefix: "behest-backup-" });
  const dataDir = `${root}/data`;
  await Deno.mkdir(`${dataDir}/evidence`, { recursive: true });
  await Deno.writeTextFile(`${dataDir}/secret.key`, "the secret that signs");
  await Deno.writeTextFile(`${dataDir}/evidence.key`, "the key of the evidence");
  await Deno.writeTextFile(`${dataDir}/evidence/01ARZ3NDEKTSV4RRFFQ69G5FAV`, "sealed");
  const kv = `${dataDir}/kv.sqlite3`;
  const store = await openStore(kv);
  const storage = await StorageRig.open(store, `${dataDir}/storage`);
  const files = [await storage.file(ann, "a first file"), await storage.file(ann, "a second file")];
  const places = { dataDir, kv };
  return {
    root,
    store,
    storage,
    files,
    places,
    file: `${root}/behest.zip`,
    fresh: { dataDir: `${root}/fresh`, kv: `${root}/fresh/kv.sqlite3` },
    backUp: (file: string, changed: { withKeys?: boolean; sealing?: typeof unsealed } = {}) =>
      backUp({ ...places, file, withKeys: true, sealing: unsealed, nowMs, ...changed }),
    async [Symbol.asyncDispose]() {
      await storage.blobs[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function problem(pattern: RegExp) {
  return (error: unknown) => error instanceof BackupProblem && pattern.test(error.message);
}

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}

Deno.test("OP-6: a backup of an open store has its records, blobs and keys, and evidence without its key", async () => {
  await using world = await rig();
  // What a killed backup left.
  await Deno.mkdir(`${world.places.dataDir}/backup.links`);
  await Deno.writeTextFile(`${world.places.dataDir}/backup.links/${world.files[0]!.sha256}`, "old");
  await Deno.writeTextFile(`${world.file}.part`, "old");
  await Deno.writeTextFile(`${world.places.dataDir}/backup.store`, "old");
  const manifest = await world.backUp(world.file);
  const paths = manifest.files.map(({ path }) => path);
  assert.equal(manifest.missing.length, 0);
  assert.deepEqual(
    paths.toSorted(),
    [
      "evidence/01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "kv.sqlite3",
      "secret.key",
      ...world.files.map(({ sha256 }) => `storage/files/${sha256.slice(0, 2)}/${sha256}`),
    ].toSorted(),
  );
  assert.equal((await Deno.stat(world.file)).mode! & 0o777, 0o600);
  assert.deepEqual(await namesIn(world.root), ["behest.zip", "data"], "nothing is left beside it");
  assert.equal((await namesIn(world.places.dataDir)).includes("backup.links"), false);
  assert.equal((await namesIn(world.places.dataDir)).includes("backup.store"), false);

  const { manifest: read, findings, endedUploads } = await restore({
    ...world.fresh,
    file: world.file,
    ageKey: null,
    nowMs,
  });
  assert.deepEqual([read, findings, endedUploads], [manifest, [], 0]);
  assert.deepEqual(await namesIn(world.fresh.dataDir), ["evidence", "kv.sqlite3", "secret.key", "storage"]);
  assert.equal(await Deno.readTextFile(`${world.fresh.dataDir}/secret.key`), "the secret that signs");
  const blobs = new DiskBlobs(`${world.fresh.dataDir}/storage`);
  assert.equal(
    await new Response(await blobs.open(world.files[1]!.sha256)).text(),
    "a second file",
  );
  await using store = await openStore(world.fresh.kv);
  const restored = await Array.fromAsync(store.kv.list({ prefix: ["file"] }));
  assert.deepEqual(restored.map(({ value }) => value), world.files);
});

Deno.test("OP-6: places of commits after a restore are above all that the lost commits were given", async () => {
  await using world = await rig();
  await world.backUp(world.file);
  let lost = "";
  for (let count = 0; count < 20; count++) {
    lost = (await world.store.kv.set(["lost"], count)).versionstamp;
  }
  await restore({ ...world.fresh, file: world.file, ageKey: null, nowMs });
  await using store = await openStore(world.fresh.kv);
  const { versionstamp } = await store.kv.set(["later"], 1);
  assert.ok(versionstamp > lost, `${versionstamp} comes after ${lost}`);
});

Deno.test("OP-6: what a removal takes away while a backup runs is still in it; what was lost before is named", async () => {
  await using world = await rig();
  const [first, second] = world.files;
  await Deno.remove(world.storage.pathOf(second!.sha256));
  const { files, missing } = await world.backUp(world.file, {
    sealing: {
      async seal(plain) {
        // The store was copied, and the archive begins.
        await world.storage.blobs.remove(first!.sha256);
        return plain;
      },
    },
  });
  assert.deepEqual(missing, [second!.sha256]);
  assert.ok(files.some(({ sha256 }) => sha256 === first!.sha256));
  await verifyBackup({ file: world.file, ageKey: null }, `${world.root}/plain`);
});

Deno.test("OP-6: uploads under way end with a restore, as their bytes are in no backup", async () => {
  await using world = await rig();
  const upload = await world.storage.upload(ann, "a part");
  await world.backUp(world.file);
  const { endedUploads, findings } = await restore({
    ...world.fresh,
    file: world.file,
    ageKey: null,
    nowMs,
  });
  assert.deepEqual([endedUploads, findings], [1, []]);
  await using store = await openStore(world.fresh.kv);
  assert.equal((await store.kv.get(["upload", upload.id])).value, null);
});

Deno.test("OP-6: an encrypted backup opens with its key only, and says nothing without", async () => {
  await using world = await rig();
  const [key, other] = [await generateX25519Identity(), await generateX25519Identity()];
  await world.backUp(world.file, { sealing: sealedFor(await identityToRecipient(key)) });
  const aside = `${world.root}/plain`;
  const bytes = new TextDecoder("latin1").decode(await Deno.readFile(world.file));
  assert.ok(!bytes.includes("a first file") && !bytes.includes("manifest.json"));
  await assert.rejects(verifyBackup({ file: world.file, ageKey: null }, aside), problem(/encrypted.*--key/));
  await assert.rejects(verifyBackup({ file: world.file, ageKey: other }, aside), problem(/does not open/));
  await assert.rejects(
    verifyBackup({ file: world.file, ageKey: "nonsense" }, aside),
    problem(/does not open/),
  );
  await verifyBackup({ file: world.file, ageKey: `# made by age-keygen\n${key}\n` }, aside);
  await restore({ ...world.fresh, file: world.file, ageKey: key, nowMs });
  assert.deepEqual(await namesIn(world.root), ["behest.zip", "data", "fresh"], "nothing plain is left");
  const cut = (await Deno.readFile(world.file)).slice(0, -20);
  await Deno.writeFile(world.file, cut);
  await assert.rejects(verifyBackup({ file: world.file, ageKey: key }, aside), problem(/not whole/));
  assert.throws(() => sealedFor("age1nonsense"), problem(/no public key/));
});

Deno.test("OP-6: a backup refuses to replace a file, a missing store, a database elsewhere, and a second one at once", async () => {
  await using world = await rig();
  await Deno.writeTextFile(world.file, "mine");
  await assert.rejects(world.backUp(world.file), problem(/is there already/));
  assert.equal(await Deno.readTextFile(world.file), "mine");
  const elsewhere = { file: `${world.root}/other.zip`, withKeys: true, sealing: unsealed, nowMs };
  const { dataDir } = world.places;
  await assert.rejects(
    backUp({ ...elsewhere, dataDir, kv: `${dataDir}/none.sqlite3` }),
    problem(/no store/),
  );
  await assert.rejects(
    backUp({ ...elsewhere, dataDir, kv: "https://kv.example" }),
    problem(/by its own means/),
  );
  await world.backUp(`${world.root}/outer.zip`, {
    sealing: {
      async seal(plain) {
        await assert.rejects(world.backUp(`${world.root}/inner.zip`), problem(/under way/));
        return plain;
      },
    },
  });
});

Deno.test("OP-6: a restore refuses a directory with data in it, and leaves it as it was", async () => {
  await using world = await rig();
  await world.backUp(world.file);
  const into = (dataDir: string) =>
    restore({ dataDir, kv: `${dataDir}/kv.sqlite3`, file: world.file, ageKey: null, nowMs });
  const before = await namesIn(world.places.dataDir);
  await assert.rejects(into(world.places.dataDir), problem(/empty directory/));
  assert.deepEqual(await namesIn(world.places.dataDir), before);
  // What a killed restore left, and the evidence key that was put back first.
  await Deno.mkdir(`${world.root}/again/restoring/storage`, { recursive: true });
  await Deno.writeTextFile(`${world.root}/again/evidence.key`, "back");
  await into(`${world.root}/again`);
  assert.ok(!(await namesIn(`${world.root}/again`)).includes("restoring"));
});

Deno.test("OP-6: a damaged, cut, newer or forged backup is refused, and the directory stays empty", async () => {
  await using world = await rig();
  await world.backUp(world.file);
  const good = await Deno.readFile(world.file);
  const forged = async (entries: Record<string, string>) => {
    const zip = new ZipWriter(new Uint8ArrayWriter());
    for (const [name, text] of Object.entries(entries)) {
      await zip.add(name, new Uint8ArrayReader(new TextEncoder().encode(text)));
    }
    return await zip.close();
  };
  const manifest = (files: unknown[], format: unknown = 1) =>
    JSON.stringify({ format, madeMs: nowMs, files, missing: [] });
  const store = { path: "kv.sqlite3", sizeBytes: 1, sha256: sha256("x") };
  const damaged = good.slice();
  const at = new TextDecoder("latin1").decode(good).indexOf("a second file");
  damaged[at] = damaged[at]! ^ 1;
  const outside = { path: "storage/../../x", sizeBytes: 1, sha256: sha256("x") };
  const misnamed = { path: `storage/files/00/${"0".repeat(64)}`, sizeBytes: 1, sha256: sha256("x") };
  const cases: [string, Uint8Array, RegExp][] = [
    ["a bit is another", damaged, /damaged/],
    ["the end is missing", good.slice(0, good.length - 100), /end is missing/],
    ["nothing", new Uint8Array(), /no backup/],
    ["no ZIP file", new TextEncoder().encode("hello"), /no backup/],
    ["another ZIP file", await forged({ "hello.txt": "hello" }), /no manifest\.json/],
    ["no JSON", await forged({ "manifest.json": "{" }), /not readable/],
    ["newer", await forged({ "manifest.json": manifest([store], 2) }), /newer Behest/],
    ["a path outside", await forged({ "manifest.json": manifest([store, outside]) }), /no path of a backup/],
    ["a file twice", await forged({ "manifest.json": manifest([store, store]) }), /twice/],
    ["no store", await forged({ "manifest.json": manifest([]) }), /has no kv/],
    ["the store is missing", await forged({ "manifest.json": manifest([store]) }), /is missing/],
    ["too long", await forged({ "manifest.json": manifest([store]), "kv.sqlite3": "xy" }), /damaged/],
    [
      "named by another hash",
      await forged({
        "manifest.json": manifest([misnamed, store]),
        "kv.sqlite3": "x",
        [misnamed.path]: "x",
      }),
      /another hash/,
    ],
  ];
  for (const [what, bytes, refusal] of cases) {
    const file = `${world.root}/bad.zip`;
    await Deno.writeFile(file, bytes);
    await assert.rejects(restore({ ...world.fresh, file, ageKey: null, nowMs }), problem(refusal), what);
    assert.deepEqual(await namesIn(world.fresh.dataDir), [], what);
  }
  const none = { ...world.fresh, file: `${world.root}/none.zip`, ageKey: null, nowMs };
  await assert.rejects(restore(none), problem(/no file/));
});

Deno.test("OP-6: a running server's thread makes backups named by their time, and removes no other file", async () => {
  await using one = await rig();
  const dir = `${one.root}/backups`;
  const directory = new BackupDirectory({ ...one.places, dir, to: null });
  await assert.rejects(directory.list(), Deno.errors.NotFound);
  // Killed backups had other names. Their copy of the store is not sealed.
  await Deno.mkdir(dir);
  for (const end of ["part", "store", "store-wal"]) {
    await Deno.writeTextFile(`${dir}/behest-2026-01-01T00-00-00Z.backup.${end}`, "old");
  }
  assert.deepEqual(await directory.make(nowMs), { missing: 0 });
  assert.deepEqual(await namesIn(dir), ["behest-2026-01-02T03-04-05Z.backup"]);
  const name = "behest-2026-01-02T03-04-05Z.backup";
  await Deno.writeTextFile(`${dir}/notes.txt`, "mine");
  const list = await directory.list();
  assert.deepEqual(list.map(({ name, atMs }) => [name, atMs]), [[name, nowMs]]);
  const found = await verifyBackup({ file: `${dir}/${name}`, ageKey: null }, `${one.root}/aside`);
  assert.equal(found.files.length, 5, "the store, its key, evidence and two blobs");
  assert.match(String(Reflect.get(await directory.make(nowMs), "failed")), /is there already/);
  assert.deepEqual(await namesIn(dir), [name, "notes.txt"]);
  await assert.rejects(directory.remove("notes.txt"));
  await directory.remove(name);
  assert.deepEqual(await namesIn(dir), ["notes.txt"]);
  const away = new BackupDirectory({ ...one.places, dir: `${dir}/notes.txt/below`, to: null });
  assert.match(String(Reflect.get(await away.make(nowMs), "failed")), /notes\.txt/);
});
