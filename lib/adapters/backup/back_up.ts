import { createHash } from "node:crypto";
import { entriesOf, ignoreMissing, orNull } from "../blobs/entries.ts";
import { Places } from "../blobs/places.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import { keys } from "../kv/keys.ts";
import { openStore } from "../kv/mod.ts";
import { storeFiles } from "../disk/private.ts";
import { type Source, writeArchive } from "./archive.ts";
import { BackupProblem, format, keyNames, type Manifest, storeName } from "./manifest.ts";
import { type Sealing } from "./sealing.ts";
import { copyStore } from "./store_copy.ts";

/** Where a server keeps its data. */
export interface DataPlaces {
  dataDir: string;
  /** The store's file. */
  kv: string;
}

export interface BackupOptions extends DataPlaces {
  /** The new archive. */
  file: string;
  /** Whether `secret.key` and `push.key` come along. Without them everyone logs in again, and push starts anew. */
  withKeys: boolean;
  sealing: Sealing;
  nowMs: number;
  /** What killed backups may have left under other names. */
  left?: readonly string[];
}

/**
 * Backs up a server that may be running (OP-6): the store as it is at one moment, and every blob that it names. Gives what the
 * archive says of itself. Throws a `BackupProblem`; then no archive is there.
 */
export async function backUp(options: BackupOptions): Promise<Manifest> {
  const { file, dataDir, kv, sealing, nowMs, left = [] } = options;
  if (/^(https?|postgres):/.test(kv)) {
    throw new BackupProblem(`${kv} is no file: back that database up by its own means.`);
  }
  if (!await isFile(kv)) throw new BackupProblem(`There is no store at ${kv}.`);
  if (await orNull(Deno.stat(file)) !== null) {
    throw new BackupProblem(`${file} is there already. Name a file that does not exist.`);
  }
  const places = new Places(`${dataDir}/storage`);
  // Only what is sealed goes to the place of backups, which may be one that must not read the store.
  const [aside, copy, links] = [`${file}.part`, `${dataDir}/backup.store`, `${dataDir}/backup.links`];
  const leavings = [aside, ...storeFiles(copy)];
  await using cleaning = new AsyncDisposableStack();
  const lock = cleaning.use(
    await Deno.open(`${dataDir}/backup.lock`, { create: true, write: true, mode: 0o600 }),
  );
  if (!await lock.tryLock(true)) {
    throw new BackupProblem("Another backup of this server is under way. Wait until it is done.");
  }
  cleaning.defer(async () => {
    for (const path of leavings) await Deno.remove(path).catch(ignoreMissing);
    await Deno.remove(links, { recursive: true }).catch(ignoreMissing);
  });
  // What a killed backup left.
  for (const path of [...leavings, ...left]) await Deno.remove(path).catch(ignoreMissing);
  await Deno.remove(links, { recursive: true }).catch(ignoreMissing);
  // A second name keeps the bytes of files that are removed while the archive is written.
  await Deno.mkdir(links, { mode: 0o700 });
  const held = new Held(places, links);
  await held.holdAll();
  // SQLite would let everybody read it.
  (await Deno.open(copy, { write: true, createNew: true, mode: 0o600 })).close();
  await copyStore(kv, copy);
  const { named, missing } = await held.named(await hashesIn(copy));
  const sources: Source[] = [
    await described(storeName, copy),
    ...await keysOf(options),
    ...named,
    ...await evidenceOf(dataDir),
  ];
  const files = sources.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 }));
  const manifest: Manifest = { format, madeMs: nowMs, files, missing };
  await writeArchive(aside, manifest, sources, sealing.seal);
  // A link fails where a rename would replace.
  await Deno.link(aside, file);
  await Deno.remove(aside);
  await syncDirectory(file.includes("/") ? file.slice(0, file.lastIndexOf("/")) || "/" : ".");
  return manifest;
}

/** Blobs that get a second name, so that nobody can remove their bytes meanwhile. */
class Held {
  readonly #places: Places;
  readonly #links: string;
  readonly #held = new Map<string, Source>();

  constructor(places: Places, links: string) {
    this.#places = places;
    this.#links = links;
  }

  /** Takes every blob that is there: the sweep may come between the copy of the store and the look for its blobs. */
  async holdAll(): Promise<void> {
    for (const folder of await entriesOf(this.#places.files)) {
      if (!folder.isDirectory) continue;
      for (const { name } of await entriesOf(`${this.#places.files}/${folder.name}`)) await this.#hold(name);
    }
    for (const { name } of await entriesOf(this.#places.quarantine)) await this.#hold(name);
  }

  /** Gives those of the hashes that are there, and the others. */
  async named(hashes: readonly string[]): Promise<{ named: Source[]; missing: string[] }> {
    const [named, missing]: [Source[], string[]] = [[], []];
    for (const sha256 of hashes) {
      const source = this.#held.get(sha256) ?? await this.#hold(sha256);
      if (source === null) missing.push(sha256);
      else named.push(source);
    }
    return { named, missing };
  }

  async #hold(sha256: string): Promise<Source | null> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    const ways = [
      { at: this.#places.blob(sha256), path: `storage/files/${sha256.slice(0, 2)}/${sha256}` },
      { at: this.#places.quarantined(sha256), path: `storage/quarantine/${sha256}` },
    ];
    for (const { at, path } of ways) {
      const found = await orNull(Deno.stat(at));
      if (found === null) continue;
      const link = `${this.#links}/${sha256}`;
      // Some file systems have no links; there the bytes are read where they are.
      const from = await Deno.link(at, link).then(() => link, () => at);
      const source = { path, from, sha256, sizeBytes: found.size };
      this.#held.set(sha256, source);
      return source;
    }
    return null;
  }
}

/** Brings the copy to this version's layout too. Gives the hashes of all blobs whose bytes the store names, those in quarantine too. */
async function hashesIn(path: string): Promise<string[]> {
  const hashes = new Set<string>();
  await using store = await openStore(path);
  for (const prefix of [keys.blobs(), keys.quarantines()]) {
    for await (const { key } of store.kv.list({ prefix }, { batchSize: 500 })) hashes.add(key[1] as string);
  }
  return [...hashes].sort();
}

async function keysOf({ dataDir, withKeys }: BackupOptions): Promise<Source[]> {
  const found: Source[] = [];
  for (const name of withKeys ? keyNames : []) {
    if (await isFile(`${dataDir}/${name}`)) found.push(await described(name, `${dataDir}/${name}`));
  }
  return found;
}

/** Evidence is sealed: without its key, which no backup holds, nobody can read it. */
async function evidenceOf(dataDir: string): Promise<Source[]> {
  const found: Source[] = [];
  for (const { name } of await entriesOf(`${dataDir}/evidence`)) {
    if (/^[0-9A-Z]{26}$/.test(name)) {
      found.push(await described(`evidence/${name}`, `${dataDir}/evidence/${name}`));
    }
  }
  return found;
}

async function described(path: string, from: string): Promise<Source> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  using file = await Deno.open(from, { read: true });
  for await (const chunk of file.readable) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { path, from, sizeBytes, sha256: hash.digest("hex") };
}

async function isFile(path: string): Promise<boolean> {
  return (await orNull(Deno.stat(path)))?.isFile ?? false;
}
