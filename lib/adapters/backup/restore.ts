import { DiskBlobs } from "../blobs/mod.ts";
import { entriesOf, ignoreMissing, orNull } from "../blobs/entries.ts";
import { storeFiles } from "../disk/private.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import { openStore } from "../kv/mod.ts";
import { type BlobsOnDisk, check, mend, readFacts } from "../storage_check/mod.ts";
import { Archive, writeAll, writerTo } from "./archive.ts";
import type { DataPlaces } from "./back_up.ts";
import { type BackupEntry, BackupProblem, hashInPath, type Manifest, storeName } from "./manifest.ts";
import { isSealed, unseal } from "./sealing.ts";
import { skipPlaces } from "./store_copy.ts";

export interface RestoreOptions extends DataPlaces {
  /** The archive. */
  file: string;
  /** Text of age's key file, for an encrypted archive. */
  ageKey: string | null;
  nowMs: number;
}

export interface Restored {
  manifest: Manifest;
  /** Uploads that were under way: people begin them again. */
  endedUploads: number;
  /** What does not fit together, in sentences for the operator. */
  findings: string[];
}

/** Opens an archive, decrypted if needed: to `plainAt`, which is removed at the end. */
async function withArchive<T>(
  { file, ageKey }: { file: string; ageKey: string | null },
  plainAt: string,
  use: (archive: Archive) => Promise<T>,
): Promise<T> {
  if (await orNull(Deno.stat(file)) === null) throw new BackupProblem(`There is no file ${file}.`);
  await using cleaning = new AsyncDisposableStack();
  let path = file;
  if (await isSealed(file)) {
    if (ageKey === null) throw new BackupProblem(`${file} is encrypted: name its key with --key=FILE.`);
    cleaning.defer(() => Deno.remove(plainAt).catch(ignoreMissing));
    await Deno.remove(plainAt).catch(ignoreMissing);
    using sealed = await Deno.open(file, { read: true });
    const plain = await unseal(sealed.readable, ageKey);
    using out = await Deno.open(plainAt, { write: true, createNew: true, mode: 0o600 });
    // An archive that was cut ends with an error here.
    await plain.pipeTo(writerTo(out)).catch((error) => {
      if (error?.code !== undefined) throw error;
      throw new BackupProblem(`${file} is damaged or not whole. Take another backup.`);
    });
    path = plainAt;
  }
  await using archive = await Archive.open(path);
  return await use(archive);
}

/** Reads every byte of an archive and compares it with its hash. Throws a `BackupProblem` for the first that differs. */
export async function verifyBackup(
  { file, ageKey }: { file: string; ageKey: string | null },
  aside: string,
): Promise<Manifest> {
  return await withArchive({ file, ageKey }, aside, async (archive) => {
    for (const entry of archive.manifest.files) await archive.read(entry, () => {});
    return archive.manifest;
  });
}

/**
 * Unpacks an archive into an empty data directory (OP-6), compares every byte with its hash, and puts the store in place as
 * the last: a directory without it was not restored. Throws a `BackupProblem`, and leaves the directory empty then.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { file, dataDir, kv, nowMs } = options;
  if (/^(https?|postgres):/.test(kv)) {
    throw new BackupProblem(`BEHEST_KV is no file: ${kv}. Restore into a file.`);
  }
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unpacked = `${dataDir}/restoring`;
  await refuseOtherData(dataDir, kv, unpacked);
  await Deno.remove(unpacked, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(unpacked, { mode: 0o700 });
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => Deno.remove(unpacked, { recursive: true }).catch(ignoreMissing));
  return await withArchive({ file, ageKey: options.ageKey }, `${unpacked}/archive`, async (archive) => {
    const { manifest } = archive;
    for (const entry of manifest.files) await unpack(archive, entry, unpacked);
    skipPlaces(`${unpacked}/${storeName}`);
    const { endedUploads, findings } = await putRight(unpacked, manifest, nowMs);
    for (const name of ["storage", "evidence", "secret.key", "push.key"]) {
      await Deno.rename(`${unpacked}/${name}`, `${dataDir}/${name}`).catch(ignoreMissing);
    }
    await syncDirectory(dataDir);
    await putStore(`${unpacked}/${storeName}`, kv);
    return { manifest, endedUploads, findings };
  });
}

/** A restore on top of other data would mix two servers. What an interrupted restore left is no data. */
async function refuseOtherData(dataDir: string, kv: string, unpacked: string): Promise<void> {
  const store = (await orNull(Deno.stat(kv))) !== null;
  const others = (await entriesOf(dataDir)).filter(({ name }) =>
    `${dataDir}/${name}` !== unpacked && name !== "evidence.key" && name !== "lost+found"
  );
  if (!store && others.length === 0) return;
  const there = store ? kv : `${dataDir}/${others[0]!.name}`;
  throw new BackupProblem(
    `${there} is there already. Restore into an empty directory: set BEHEST_DATA_DIR, or move the old data away.`,
  );
}

async function unpack(archive: Archive, entry: BackupEntry, root: string): Promise<void> {
  const { path } = entry;
  const promised = hashInPath(path);
  if (promised !== null && promised !== entry.sha256) {
    throw new BackupProblem(`${path} in this backup has another hash than its name. Take another one.`);
  }
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  if (folder !== "") await Deno.mkdir(`${root}/${folder}`, { recursive: true, mode: 0o700 });
  using file = await Deno.open(`${root}/${path}`, { write: true, createNew: true, mode: 0o600 });
  await archive.read(entry, (chunk) => writeAll(file, chunk));
  await file.sync();
}

/** Brings the store to this version's layout, and ends uploads whose bytes were under way: no backup has those. */
async function putRight(
  root: string,
  { files }: Manifest,
  nowMs: number,
): Promise<Pick<Restored, "endedUploads" | "findings">> {
  const onDisk: BlobsOnDisk = new Map(
    files.filter(({ path }) => path.startsWith("storage/files/"))
      .map(({ sha256, sizeBytes }) => [sha256, { sizeBytes, sound: true }]),
  );
  const disk = new DiskBlobs(`${root}/storage`);
  await using store = await openStore(`${root}/${storeName}`);
  // Whether sealed evidence is readable only its key can tell; it matters where the plain bytes are there too.
  const look = async () => check(await readFacts(store.kv, disk, onDisk, () => Promise.resolve(true), nowMs));
  const uploads = (await look()).filter(({ kind }) => kind === "upload without bytes");
  for (const finding of uploads) await mend(store.kv, disk, finding.mend!);
  const left = (await look()).filter(({ server }) => server === undefined);
  return { endedUploads: uploads.length, findings: left.map(textOf) };
}

function textOf({ kind, subject, what }: { kind: string; subject: string; what: string }): string {
  return `${kind}: ${subject}: ${what}`;
}

/** The store comes last, under its own name, whole. */
async function putStore(from: string, to: string): Promise<void> {
  for (const path of storeFiles(from).slice(1)) await Deno.remove(path).catch(ignoreMissing);
  const folder = to.includes("/") ? to.slice(0, to.lastIndexOf("/")) || "/" : ".";
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EXDEV") throw error;
    await Deno.copyFile(from, `${to}.part`);
    await Deno.rename(`${to}.part`, to);
  }
  await syncDirectory(folder);
}
