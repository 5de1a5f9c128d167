/** Calls that wait for the disk: for the writing thread alone. `entries.ts` has those for the serving thread. */
import { directoryMode } from "./entries.ts";

/** Locks an upload for its one writer. Closing the file ends the lock. */
export function lock(file: Deno.FsFile, id: string): void {
  if (!file.tryLockSync(true)) throw new Deno.errors.Busy(`The upload ${id} has a writer.`);
}

/** Size of an upload without a writer; null when there is none. */
export function unwrittenSize(path: string, id: string): number | null {
  using file = orNull(() => Deno.openSync(path, { read: true, write: true }));
  if (file === null) return null;
  lock(file, id);
  return file.statSync().size;
}

export function makeDirectory(path: string): void {
  try {
    Deno.mkdirSync(path, { mode: directoryMode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/**
 * Gives a file a second name, so that the first can stay until it is not needed any more. Renames it where the file system has
 * no links, or where the second name has other bytes.
 */
export function putInPlace(from: string, to: string): void {
  try {
    Deno.linkSync(from, to);
  } catch {
    Deno.renameSync(from, to);
  }
}

/** Null when the path does not exist. */
export function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
