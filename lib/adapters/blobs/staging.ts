import { createHash } from "node:crypto";
import { lock, makeDirectory, orNull, putInPlace, unwrittenSize } from "./blocking.ts";
import { DirectorySyncs } from "./directory_syncs.ts";
import { fileMode, timeOf } from "./entries.ts";
import type { Call, Finished } from "./messages.ts";
import { Room } from "./room.ts";
import { type HashedSoFar, StagedFile } from "./staged_file.ts";

/**
 * Number of interrupted uploads whose hash so far stays in memory, a few hundred bytes each. The bytes of others are read
 * again at their end.
 */
const hashesKept = 1000;

type Args<Op extends Call["op"]> = Omit<Extract<Call, { op: Op }>, "op">;

/** What the writing thread does: staged files, and their way to their place. Waits for the disk, which the serving thread may not. */
export class Staging {
  readonly #directories = new DirectorySyncs();
  readonly #files = new Map<number, { id: string; staged: StagedFile }>();
  readonly #hashes = new Map<string, HashedSoFar>();
  /** Folders whose directory entries are safe on the disk. */
  readonly #folders = new Set<string>();
  #room: Room | undefined;
  #headBytes = 0;

  /** Returns the answer to a call. Calls about one file come one after another, save `close`, which may come at any time. */
  async run(call: Call): Promise<unknown> {
    switch (call.op) {
      case "begin":
        this.#room = new Room(call.roomPath, call.leftFreeBytes);
        this.#headBytes = call.headBytes;
        return;
      case "stage":
        return this.#stage(call);
      case "reopen":
        return this.#reopen(call);
      case "write":
        this.#fileOf(call.file).write(call.buffer.subarray(0, call.sizeBytes));
        return call.buffer;
      case "sync":
        return await this.#fileOf(call.file).sync();
      case "finish":
        return await this.#finish(call);
      case "close":
        return await this.#close(call);
      case "keep":
        return await this.#keep(call);
      default:
        return call satisfies never;
    }
  }

  #stage({ file: number, id, path }: Args<"stage">): void {
    this.#room!.begin();
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: fileMode });
    try {
      lock(file, id);
      this.#open(number, id, path, file, 0, 0);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  #reopen({ file: number, id, path, sizeBytes }: Args<"reopen">): boolean {
    const file = orNull(() => Deno.openSync(path, { read: true, write: true }));
    if (file === null) return false;
    this.#room!.lookAgain();
    try {
      lock(file, id);
      const found = file.statSync();
      if (found.size < sizeBytes) {
        file.close();
        return false;
      }
      if (found.size > sizeBytes) file.truncateSync(sizeBytes);
      file.seekSync(sizeBytes, Deno.SeekMode.Start);
      this.#open(number, id, path, file, sizeBytes, timeOf(found));
      return true;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  #open(
    number: number,
    id: string,
    path: string,
    file: Deno.FsFile,
    sizeBytes: number,
    changedMs: number,
  ): void {
    const known = this.#hashes.get(id);
    this.#hashes.delete(id);
    const isKnown = known?.sizeBytes === sizeBytes && known.changedMs === changedMs;
    const hash = sizeBytes === 0 ? createHash("sha256") : isKnown ? known.hash : null;
    const staged = new StagedFile({
      path,
      file,
      sizeBytes,
      changedMs,
      hash,
      headBytes: this.#headBytes,
      room: this.#room!,
      directories: this.#directories,
    });
    this.#files.set(number, { id, staged });
  }

  #fileOf(number: number): StagedFile {
    const known = this.#files.get(number);
    if (known === undefined) throw new Error(`There is no staged file ${number}.`);
    return known.staged;
  }

  async #finish({ file: number, buffer, sizeBytes }: Args<"finish">): Promise<Finished> {
    const staged = this.#fileOf(number);
    if (buffer !== null) staged.write(buffer.subarray(0, sizeBytes));
    const finished = await staged.finish();
    this.#files.delete(number);
    await staged.close();
    return finished;
  }

  async #close({ file: number, resumable, nowMs }: Args<"close">): Promise<void> {
    const known = this.#files.get(number);
    if (known === undefined) return;
    this.#files.delete(number);
    const { id, staged } = known;
    try {
      const soFar = resumable ? staged.soFar(nowMs) : null;
      if (soFar !== null) this.#hashes.set(id, soFar);
      if (this.#hashes.size > hashesKept) this.#hashes.delete(this.#hashes.keys().next().value!);
    } finally {
      await staged.close();
    }
  }

  async #keep({ id, from, to, folder, nowMs }: Args<"keep">): Promise<void> {
    const sizeBytes = unwrittenSize(from, id);
    const there = orNull(() => Deno.statSync(to))?.size ?? null;
    if (sizeBytes === null && there === null) throw new Deno.errors.NotFound(`Nothing is staged as ${id}.`);
    // A blob of another size is damaged, as the hash is the same: the good bytes replace it.
    const isNew = sizeBytes !== null && sizeBytes !== there;
    const now = new Date(nowMs);
    Deno.utimeSync(isNew ? from : to, now, now);
    await this.#makeFolder(folder);
    if (isNew) putInPlace(from, to);
    await this.#directories.sync(folder);
    this.#hashes.delete(id);
  }

  /** Each process syncs a folder's entry once, as it cannot know whether the folder's maker did. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    makeDirectory(folder);
    await this.#directories.sync(folder.slice(0, folder.lastIndexOf("/")));
    this.#folders.add(folder);
  }
}
