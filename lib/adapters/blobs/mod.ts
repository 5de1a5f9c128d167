/**
 * Keeps bytes on a disk, each blob once under its hash.
 * Never uses a person's file name as a path, and never shows bytes before they are whole and synced.
 * Start with `DiskBlobs` below; `places.ts` has the paths.
 */
import type { BlobStore, ByteRange, Staged } from "../../files/ports.ts";
import { type Clock, systemClock } from "../../platform/mod.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import { directoryMode, entriesOf, ignoreMissing, makeDirectory, orNull, timeOf } from "./entries.ts";
import { checkRename } from "./one_file_system.ts";
import { isFolder, isHash, isId, Places } from "./places.ts";
import { DiskQuarantine } from "./quarantine.ts";
import { streamOf } from "./read.ts";
import { straysOf } from "./strays.ts";
import { UploadWriter } from "./upload_writer.ts";
import { startWorker, WritingThread } from "./writing_thread.ts";

export { StorageProblem } from "./one_file_system.ts";

/**
 * The blob store on a disk (FI-3, FI-7). It stages incoming bytes, renames them to their hash once they are complete and
 * synced, and syncs the directory too. A thread of its own hashes and writes; it starts with the first upload. Several instances can share the directory (OP-7): each staged file is locked by its
 * writer. Passes on the disk's errors. Throws `Deno.errors.Busy` for an upload with another writer, a `TypeError` for a name
 * that is neither an id nor a hash, and a `RangeError` for a range outside the blob.
 */
export class DiskBlobs implements BlobStore, AsyncDisposable {
  readonly quarantine: DiskQuarantine;
  readonly #places: Places;
  readonly #clock: Clock;
  readonly #leftFreeBytes: number;
  readonly #writers = new Map<string, UploadWriter>();
  readonly #startThread: typeof startWorker;
  #thread: WritingThread | null = null;

  /**
   * Creates no directory: for reading only. `root` is the storage directory; uploads leave `leftFreeBytes` of its disk free.
   */
  constructor(root: string, clock: Clock = systemClock, leftFreeBytes = 0, startThread = startWorker) {
    this.#places = new Places(root);
    this.quarantine = new DiskQuarantine(this.#places);
    this.#clock = clock;
    this.#leftFreeBytes = leftFreeBytes;
    this.#startThread = startThread;
  }

  /** Creates missing directories, and makes them private. Throws a `StorageProblem` where uploads could not be moved (FI-9). */
  static async open(
    root: string,
    clock: Clock = systemClock,
    leftFreeBytes = 0,
    startThread = startWorker,
  ): Promise<DiskBlobs> {
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
    return new DiskBlobs(root, clock, leftFreeBytes, startThread);
  }

  async stage(id: string): Promise<Staged> {
    const path = this.#places.upload(id);
    const thread = this.#running();
    const file = thread.nextFile();
    await thread.call({ op: "stage", file, id, path });
    return this.#writer(id, path, thread, file, 0);
  }

  async reopen(id: string, sizeBytes: number): Promise<Staged | null> {
    const path = this.#places.upload(id);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new RangeError(`${sizeBytes} is no size.`);
    const thread = this.#running();
    const file = thread.nextFile();
    const isThere = await thread.call({ op: "reopen", file, id, path, sizeBytes });
    return isThere === true ? this.#writer(id, path, thread, file, sizeBytes) : null;
  }

  async *staged(): AsyncGenerator<{ id: string; sizeBytes: number; changedMs: number }> {
    for (const { name, isFile } of await entriesOf(this.#places.uploads)) {
      if (!isFile || !isId(name)) continue;
      const found = await orNull(Deno.stat(this.#places.upload(name)));
      if (found !== null) yield { id: name, sizeBytes: found.size, changedMs: timeOf(found) };
    }
  }

  async unstage(id: string): Promise<void> {
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
    await this.#running().call({ op: "keep", id, from, to, folder, nowMs: this.#clock.now() });
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

  /** Ends the thread that writes; what it has open stays staged. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#thread?.end();
    return Promise.resolve();
  }

  /** The thread that writes. Another one after the first died: what that had open is lost to its callers, and nothing else. */
  #running(): WritingThread {
    if (this.#thread === null || this.#thread.isEnded) {
      this.#thread = new WritingThread(this.#places, this.#leftFreeBytes, this.#startThread);
    }
    return this.#thread;
  }

  #writer(id: string, path: string, thread: WritingThread, file: number, sizeBytes: number): UploadWriter {
    const closed = () => {
      if (this.#writers.get(id) === writer) this.#writers.delete(id);
    };
    const writer = new UploadWriter({ id, path, thread, file, sizeBytes, clock: this.#clock, closed });
    this.#writers.set(id, writer);
    return writer;
  }
}
