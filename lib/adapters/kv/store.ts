import { Committer } from "./committer.ts";
import { gatheringReads } from "./gathered_reads.ts";
import { migrate } from "./migrate.ts";
import type { KvPort } from "./port.ts";
import { refuseFewChecks } from "./shared_store.ts";

/** Password hashes are in the store: only the server's own user can read it (OP-9). SQLite gives this mode to its other files. */
const fileMode = 0o600;

/** The open store and its committer. */
export interface Store extends AsyncDisposable {
  readonly kv: KvPort;
  readonly committer: Committer;
  /** Only this process has the store open (a file or `:memory:`), so memory copies of its records stay true. */
  readonly exclusive: boolean;
}

/**
 * Opens Deno KV once for the process: a path, `:memory:`, or a KV Connect URL.
 * Throws when the file is open elsewhere or was written by a newer Behest, or when a server allows too little in one commit.
 */
export async function openStore(location: string): Promise<Store> {
  const remote = /^https?:/.test(location);
  await using opening = new AsyncDisposableStack();
  if (!remote && location !== ":memory:") {
    opening.use(await lockOf(location));
    await makeFile(location);
  }
  const opened = await Deno.openKv(location);
  opening.defer(() => opened.close());
  const kv = gatheringReads(opened);
  if (remote) await refuseFewChecks(kv);
  await migrate(kv);
  const committer = new Committer(kv);
  opening.defer(() => committer.idle());
  const open = opening.move();
  return { kv, committer, exclusive: !remote, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/**
 * Deno KV opens a file in two processes without an error, and each would keep wrong copies in memory. The lock ends with the
 * process, however it ends.
 */
async function lockOf(path: string): Promise<Disposable> {
  const file = await Deno.open(`${path}.lock`, { create: true, write: true, mode: fileMode });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new Error(`The database is locked: ${path} is open in another process. Stop that one first.`);
}

/** Makes the store's file when it is missing: SQLite would let everybody read it. */
async function makeFile(path: string): Promise<void> {
  (await Deno.open(path, { create: true, write: true, mode: fileMode })).close();
}
