/** Modes of the storage: only the server's own user can read people's files. */
export const directoryMode = 0o700;
export const fileMode = 0o600;

export async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: directoryMode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Renames a file; copies it where the two places are on different file systems. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    return await Deno.rename(from, to);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EXDEV") throw error;
  }
  const aside = `${to}.moving`;
  await Deno.copyFile(from, aside);
  await Deno.chmod(aside, fileMode);
  {
    using copy = await Deno.open(aside, { read: true, write: true });
    await copy.sync();
  }
  await Deno.rename(aside, to);
  await Deno.remove(from);
}

/** Returns the entries in order of their names; none when the directory is missing. */
export async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  const entries = await orNull(Array.fromAsync(Deno.readDir(path))) ?? [];
  return entries.sort((one, other) => one.name < other.name ? -1 : 1);
}

/** Time of the last write. Far in the future on a file system without times, so that nothing counts as old. */
export function timeOf({ mtime }: Deno.FileInfo): number {
  return mtime?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

/** Null when the path does not exist. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** For removals: ignores a path that is gone already. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
