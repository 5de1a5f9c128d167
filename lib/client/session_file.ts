import { chmod, type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type KeptSession, readKept, type SessionStore } from "./client_session.ts";

/**
 * AU-13: keeps a native client's session in a file that only its person can read, on Deno and on Node. Not for browsers, so it
 * is not in the room's door. On Windows the directory's own rights decide who reads it: use the person's profile there.
 */
export class SessionFile implements SessionStore {
  readonly #path: string;
  /** One write after the other: the last one stays. */
  #writing: Promise<void> = Promise.resolve();

  /** `path`: in a directory that exists. A client has a file of its own for each server. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Null when there is none, and when what is there is no session: then the person logs in. */
  async read(): Promise<KeptSession | null> {
    const text = await readFile(this.#path, "utf8").catch(nullIfMissing);
    if (text === null) return null;
    try {
      return readKept(JSON.parse(text)) ?? null;
    } catch {
      return null;
    }
  }

  /** Resolves once it is on the disk: whole, or as it was before. */
  write(session: KeptSession | null): Promise<void> {
    const written = this.#writing.then(() => session === null ? this.#forget() : this.#keep(session));
    // The next write does not fail because of this one.
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #keep(session: KeptSession): Promise<void> {
    const aside = `${this.#path}.${globalThis.crypto.randomUUID()}`;
    try {
      // Never readable to others, not even for a moment.
      const file = await open(aside, "wx", 0o600);
      try {
        // Whatever the mask of this process says.
        await chmod(aside, 0o600);
        await file.writeFile(JSON.stringify(session));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, this.#path);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    await this.#syncDirectory();
  }

  async #forget(): Promise<void> {
    await rm(this.#path, { force: true });
    await this.#syncDirectory();
  }

  /** So that a crash does not bring the file before back, with a spent credential in it. */
  async #syncDirectory(): Promise<void> {
    let directory: FileHandle;
    try {
      directory = await open(dirname(this.#path), "r");
    } catch {
      // Windows opens no directories; its renames are durable by themselves.
      return;
    }
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
