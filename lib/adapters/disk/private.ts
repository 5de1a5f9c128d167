import type { Log } from "../../platform/mod.ts";

const fileMode = 0o600;
const directoryMode = 0o700;
/** What the server keeps in the data directory; what else is there is not its own. */
const directories = ["logs", "storage", "evidence"];
const files = ["secret.key", "push.key", "evidence.key"];

/**
 * Takes the access of others from everything that the server keeps in the data directory and from the store's files, whatever
 * the mode of the directory is (OP-9). A copy, a restore or an older version can have widened it. Logs what it cannot change,
 * as on a disk without modes.
 */
export async function makePrivate(dataDir: string, kvPath: string | null, log: Log): Promise<void> {
  const dir = dataDir.replace(/(?<=.)\/+$/, "");
  const kvFiles = kvPath === null ? [] : storeFiles(kvPath);
  const wanted: [string, number][] = [
    ...directories.map((name): [string, number] => [`${dir}/${name}`, directoryMode]),
    ...files.map((name): [string, number] => [`${dir}/${name}`, fileMode]),
    ...kvFiles.map((path): [string, number] => [path, fileMode]),
  ];
  await Promise.all(wanted.map(([path, mode]) => narrow(path, mode, log)));
}

/** The files of a store at a path: the database, what SQLite puts beside it, the lock, and the room for stops. */
export function storeFiles(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`, `${path}.lock`, `${path}.reserve`];
}

async function narrow(path: string, mode: number, log: Log): Promise<void> {
  try {
    const before = (await Deno.stat(path)).mode;
    if (before === null || (before & 0o077) === 0) return;
    await Deno.chmod(path, mode);
    const after = (await Deno.stat(path)).mode ?? 0;
    if ((after & 0o077) !== 0) log.warn("data.not_private", { path, mode: (after & 0o777).toString(8) });
    else log.info("data.made_private", { path, mode: (before & 0o777).toString(8) });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    log.warn("data.not_private", { path, error: error as Error });
  }
}
