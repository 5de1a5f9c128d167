/**
 * Keeps bytes on a disk, each blob once under its hash.
 * Never uses a person's file name as a path, and never shows bytes before they are whole and synced.
 * Start with `DiskBlobs` below; `places.ts` has the paths.
 */
import { createHash, type Hash } from "node:crypto";
import type { BlobStore, ByteRange, Staged } from "../../files/ports.ts";
import { type Clock, systemClock } from "../../platform/mod.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import {
  directoryMode,
  entriesOf,
  fileMode,
  ignoreMissing,
  lock,
  makeDirectory,
  orNull,
  putInPlace,
  timeOf,
  unwrittenSize,
} from "./entries.ts";
import { checkRename } from "./one_file_system.ts";
import { isFolder, isHash, isId, Places } from "./places.ts";
import { DiskQuarantine } from "./quarantine.ts";
import { streamOf } from "./read.ts";
import { Room } from "./room.ts";
import { type HashedSoFar, StagedFile, type StagedFileOptions } from "./staged_file.ts";
import { straysOf } from "./strays.ts";

export { StorageProblem } from "./one_file_system.ts";

/**
 * Number of interrupted uploads whose hash so far stays in memory, a few hundred bytes each. The bytes of others are read
 * again at their end.
 */
const hashesKept = 1000;

/**
 * The blob store on a disk (FI-3, FI-7). It stages incoming bytes, renames them to their hash once they are complete and
 * synced, and syncs the directory too. Several instances can share the directory (OP-7): each staged file is locked by its
 * writer. Passes on the disk's errors. Throws `Deno.errors.Busy` for an upload with another writer, a `TypeError` for a name
 * that is neither an id nor a hash, and a `RangeError` for a range outside the blob.
 */
export class DiskBlobs implements BlobStore {
  readonly quarantine: DiskQuarantine;
  readonly #places: Places;
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #writers = new Map<string, StagedFile>();
  readonly #hashes = new Map<string, HashedSoFar>();
  /** Folders whose directory entries are safe on the disk. */
  readonly #folders = new Set<string>();

  /**
   * Creates no directory: for reading only. `root` is the storage directory; uploads leave `leftFreeBytes` of its disk free.
   */
  constructor(root: string, clock: Clock = systemClock, leftFreeBytes = 0) {
    this.#places = new Places(root);
    this.quarantine = new DiskQuarantine(this.#places);
    this.#clock = clock;
    this.#room = new Room(this.#places.uploads, leftFreeBytes);
  }

  /** Creates missing directories, and makes them private. Throws a `StorageProblem` where uploads could not be moved (FI-9). */
  static async open(root: string, clock: Clock = systemClock, leftFreeBytes = 0): Promise<DiskBlobs> {
    const places = new Places(root);
    await Deno.mkdir(places.root, { recursive: true, mode: directoryMode });
    for (const path of [places.root, places.uploads, places.files, places.quarantine]) {
      await makeDirectory(path);
      const { mode } = await Deno.stat(path);
      // A copy or a restore can have widened the mode.
      if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, directoryMode);
    }
    await checkRename(places);
    await syncDirectory(places.root);
    return new DiskBlobs(root, clock, leftFreeBytes);
  }

  async stage(id: string): Promise<Staged> {
    const path = this.#places.upload(id);
    await this.#room.begin();
    const file = await Deno.open(path, { read: true, write: true, createNew: true, mode: fileMode });
    try {
      await lock(file, id);
      return this.#writer({ id, path, file, sizeBytes: 0, changedMs: 0, hash: createHash("sha256") });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async reopen(id: string, sizeBytes: number): Promise<Staged | null> {
    const path = this.#places.upload(id);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new RangeError(`${sizeBytes} is no size.`);
    const file = await orNull(Deno.open(path, { read: true, write: true }));
    if (file === null) return null;
    this.#room.lookAgain();
    try {
      await lock(file, id);
      const found = await file.stat();
      const [size, changedMs] = [found.size, timeOf(found)];
      if (size < sizeBytes) {
        file.close();
        return null;
      }
      const hash = this.#hashOf(id, sizeBytes, changedMs);
      if (size > sizeBytes) await file.truncate(sizeBytes);
      await file.seek(sizeBytes, Deno.SeekMode.Start);
      return this.#writer({ id, path, file, sizeBytes, changedMs, hash });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async *staged(): AsyncGenerator<{ id: string; sizeBytes: number; changedMs: number }> {
    for (const { name, isFile } of await entriesOf(this.#places.uploads)) {
      if (!isFile || !isId(name)) continue;
      const found = await orNull(Deno.stat(this.#places.upload(name)));
      if (found !== null) yield { id: name, sizeBytes: found.size, changedMs: timeOf(found) };
    }
  }

  async unstage(id: string): Promise<void> {
    this.#hashes.delete(id);
    await Deno.remove(this.#places.upload(id)).catch(ignoreMissing);
  }

  async keep(id: string, sha256: string): Promise<void> {
    const [from, to, folder] = [
      this.#places.upload(id),
      this.#places.blob(sha256),
      this.#places.folder(sha256),
    ];
    // A caller that reopened it only to check it has nothing more to write.
    await this.#writers.get(id)?.release();
    const sizeBytes = await unwrittenSize(from, id);
    const there = await this.sizeOf(sha256);
    if (sizeBytes === null && there === null) throw new Deno.errors.NotFound(`Nothing is staged as ${id}.`);
    // A blob of another size is damaged, as the hash is the same: the good bytes replace it.
    const isNew = sizeBytes !== null && sizeBytes !== there;
    const now = new Date(this.#clock.now());
    await Deno.utime(isNew ? from : to, now, now);
    await this.#makeFolder(folder);
    if (isNew) await putInPlace(from, to);
    await syncDirectory(folder);
    this.#hashes.delete(id);
  }

  async open(sha256: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    const file = await orNull(Deno.open(this.#places.blob(sha256), { read: true }));
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      if (range === undefined) return streamOf(file, size);
      const { first, last } = range;
      const whole = Number.isSafeInteger(first) && Number.isSafeInteger(last);
      if (!whole || first < 0 || last < first || last >= size) {
        throw new RangeError(`${first}-${last} is no range of ${size} bytes.`);
      }
      await file.seek(first, Deno.SeekMode.Start);
      return streamOf(file, last - first + 1);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async sizeOf(sha256: string): Promise<number | null> {
    return (await orNull(Deno.stat(this.#places.blob(sha256))))?.size ?? null;
  }

  async remove(sha256: string): Promise<void> {
    const folder = this.#places.folder(sha256);
    const removed = await orNull(Deno.remove(this.#places.blob(sha256)).then(() => true));
    // A removed blob must not return after a power cut.
    if (removed) await syncDirectory(folder);
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; changedMs: number }> {
    for (const folder of await entriesOf(this.#places.files)) {
      if (!folder.isDirectory || !isFolder(folder.name)) continue;
      for (const { name, isFile } of await entriesOf(`${this.#places.files}/${folder.name}`)) {
        if (!isFile || !isHash(name) || !name.startsWith(folder.name)) continue;
        const found = await orNull(Deno.stat(this.#places.blob(name)));
        if (found !== null) yield { sha256: name, sizeBytes: found.size, changedMs: timeOf(found) };
      }
    }
  }

  /** For the storage check: paths below the storage directory that neither `staged` nor `list` returns. */
  strays(): AsyncGenerator<string> {
    return straysOf(this.#places);
  }

  /** For the storage check: moves a blob with wrong bytes to `damaged/`, where nothing reads it. */
  async setAside(sha256: string): Promise<void> {
    await makeDirectory(this.#places.damaged);
    await Deno.rename(this.#places.blob(sha256), this.#places.damagedBlob(sha256));
    await syncDirectory(this.#places.damaged);
    await syncDirectory(this.#places.folder(sha256));
  }

  #writer(opened: Omit<StagedFileOptions, "directory" | "clock" | "room" | "closed">): StagedFile {
    const { id } = opened;
    const writer = new StagedFile({
      ...opened,
      directory: this.#places.uploads,
      clock: this.#clock,
      room: this.#room,
      closed: (hashed) => {
        this.#writers.delete(id);
        if (hashed === null) return;
        this.#hashes.set(id, hashed);
        if (this.#hashes.size > hashesKept) this.#hashes.delete(this.#hashes.keys().next().value!);
      },
    });
    this.#writers.set(id, writer);
    return writer;
  }

  /** Returns this process's hash so far of an upload, if it matches the file; null when the file must be read again. */
  #hashOf(id: string, sizeBytes: number, changedMs: number): Hash | null {
    const known = this.#hashes.get(id);
    this.#hashes.delete(id);
    if (sizeBytes === 0) return createHash("sha256");
    return known?.sizeBytes === sizeBytes && known.changedMs === changedMs ? known.hash : null;
  }

  /** Each process syncs a folder's entry once, as it cannot know whether the folder's maker did. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await makeDirectory(folder);
    await syncDirectory(this.#places.files);
    this.#folders.add(folder);
  }
}
