import { openPostgres, type PostgresFacts, type PostgresPlace } from "../postgres/mod.ts";
import type { ClusterLink } from "../../cluster/mod.ts";
import { Committer } from "./committer.ts";
import { gatheringReads } from "./gathered_reads.ts";
import { keys } from "./keys.ts";
import { migrate, unfinishedCopy } from "./migrate.ts";
import type { KvPort } from "./port.ts";
import { refuseFewChecks } from "./shared_store.ts";

/** Password hashes are in the store: only the server's own user can read it (OP-9). SQLite gives this mode to its other files. */
const fileMode = 0o600;

/** The open store and its committer. */
export interface Store extends AsyncDisposable {
  readonly kv: KvPort;
  readonly committer: Committer;
  /** Only this process has the store open, so memory copies of its records stay true. Not with KV Connect. */
  readonly exclusive: boolean;
  /** Resolves with the reason when a database is not this process's any more: the process must end. */
  readonly lost?: Promise<Error>;
  /** How this process reaches others that use the store too. */
  readonly link?: ClusterLink;
}

/** A path, `:memory:`, a KV Connect URL, or a PostgreSQL database. */
export type StorePlace = string | PostgresPlace;

export interface OpenOptions {
  /** Called once while another process still has a PostgreSQL database, which is waited for; without it that is refused. */
  onWait?: (ms: number) => void;
  /** For a PostgreSQL database: the id of `ownProcess`. */
  home?: string;
  /** It must be there: opening another store would make it. */
  existing?: boolean;
  /** For a PostgreSQL database that several processes use at once. For tests: see docs/adr/0011-several-instances.md. */
  shared?: boolean;
}

/**
 * Opens the store once for the process. Throws when it is open elsewhere or was written by a newer Behest, or when a server
 * allows too little in one commit.
 */
export async function openStore(place: StorePlace, options: OpenOptions = {}): Promise<Store> {
  return typeof place === "string" ? await openDenoKv(place) : await openDatabase(place, options);
}

/** The same for a store that must be there. */
export async function openExistingStore(place: StorePlace): Promise<Store> {
  const remote = typeof place !== "string" || /^https?:/.test(place);
  if (!remote && !await Deno.stat(place).then(({ isFile }) => isFile, () => false)) {
    throw new Error(`There is no store at ${place}.`);
  }
  return await openStore(place, { existing: true });
}

/** An engine as it is, for a copy of a whole store. */
export interface RawStore extends AsyncDisposable {
  readonly kv: KvPort;
  /** A path; for a database, its facts. */
  readonly facts: string | PostgresFacts;
}

/** Opens a store for a copy. `empty`: makes a new one, and throws when something is there. */
export async function openRaw(place: StorePlace, { empty }: { empty: boolean }): Promise<RawStore> {
  if (place === ":memory:" || (typeof place === "string" && /^https?:/.test(place))) {
    throw new Error(`${place} is neither a file nor a PostgreSQL database.`);
  }
  // Brings an older one to this layout first, so that there is one to know.
  if (!empty) await (await openExistingStore(place))[Symbol.asyncDispose]();
  await using opening = new AsyncDisposableStack();
  let kv: KvPort;
  let facts: string | PostgresFacts;
  if (typeof place === "string") {
    if (empty && await Deno.stat(place).then(() => true, () => false)) {
      throw new Error(`There is something at ${place}. A copy needs a place of its own.`);
    }
    opening.use(await lockOf(place));
    await makeFile(place);
    const file = await Deno.openKv(place);
    opening.defer(() => file.close());
    [kv, facts] = [file, place];
  } else ({ kv, facts } = opening.use(await openPostgres(place, { existing: !empty })));
  if (empty) {
    if ((await kv.list({ prefix: [] }, { limit: 1 }).next()).done !== true) {
      throw new Error("There is a store already. A copy needs a schema of its own: add ?schema=name.");
    }
    await kv.set(keys.migration(), unfinishedCopy);
  }
  const open = opening.move();
  return { kv, facts, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** A file of a store in the layout that it has. Only for a copy that nothing else opens: there is no lock. */
export async function openUnmigrated(path: string): Promise<KvPort> {
  return await Deno.openKv(path);
}

async function openDatabase(place: PostgresPlace, options: OpenOptions): Promise<Store> {
  await using opening = new AsyncDisposableStack();
  const { kv, lost, link } = opening.use(await openPostgres(place, options));
  await migrate(kv);
  const committer = new Committer(kv);
  opening.defer(() => committer.idle());
  const open = opening.move();
  return {
    kv,
    committer,
    exclusive: link === null,
    lost,
    ...(link === null ? {} : { link }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function openDenoKv(location: string): Promise<Store> {
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
