/**
 * Keeps the store in PostgreSQL: the port of `kv/port.ts` over one table, one function that commits, and one owner.
 * Never shares the store with another process unless it is told to, and never goes on when it cannot know what was written.
 * Start with `schema.ts` (tables and the commit), then `rounds.ts` (writing) and `reads.ts`.
 */
import { type Clock, systemClock, wait } from "../../platform/mod.ts";
import { type ClusterLink, leaseMs } from "../../cluster/mod.ts";
import type { KvPort } from "../kv/port.ts";
import { PostgresBoard } from "./board.ts";
import { PostgresClient } from "./client.ts";
import { PostgresKv } from "./kv.ts";
import { givenUpMs, Ownership } from "./ownership.ts";
import { PostgresFacts } from "./facts.ts";
import { nameOf, type PostgresPlace } from "./place.ts";
import { Reads } from "./reads.ts";
import { Rounds } from "./rounds.ts";
import { prepareSchema, quoted } from "./schema.ts";
import { PostgresWire } from "./wire.ts";

export type { Fact, PostgresFacts } from "./facts.ts";
export { decodeKey, encodeKey } from "./keys.ts";
export { Count, stampOf, versionOf } from "./values.ts";
export { nameOf, type PostgresPlace };

/** Time between two looks for what has expired, and how much goes at once. */
const sweepMs = 20_000;
const sweptAtOnce = 1000;
/** How often a start asks again for a store that another process had. */
const claimMs = 500;

export interface PostgresOptions {
  /** The id of a place that only one process can have at a time: the next one there need not wait for the lease of the last. */
  home?: string;
  /** Several processes use the store at once. For tests: not everything that they have to tell each other is told yet. */
  shared?: boolean;
  /** For how long such a process may write until somebody renews its lease. */
  leaseMs?: number;
  /** Told once while the start waits for another process's lease to end: how long at most. Without it there is no wait. */
  onWait?: (ms: number) => void;
  /** The tables must be there. */
  existing?: boolean;
  /** For what is waited for. */
  clock?: Clock;
}

export interface PostgresStore extends AsyncDisposable {
  readonly kv: KvPort;
  /** Resolves with the reason when the store is not this process's any more: it must end. */
  readonly lost: Promise<Error>;
  /** How this process reaches the others; null where it has the store to itself. */
  readonly link: ClusterLink | null;
  /** For copies of whole stores. */
  readonly facts: PostgresFacts;
  /** Deletes what has expired; the store does so by itself every now and then. */
  sweep(): Promise<void>;
}

/** Opens the store, makes its tables where there are none, and waits until no other process has it. */
export async function openPostgres(
  place: PostgresPlace,
  options: PostgresOptions = {},
): Promise<PostgresStore> {
  const { home = crypto.randomUUID(), shared = false, existing = false } = options;
  const id = crypto.randomUUID();
  await using opening = new AsyncDisposableStack();
  const client = await PostgresClient.open(place, options.clock);
  opening.defer(() => client.close());
  await prepareSchema(client, place.schema, existing);
  const schema = quoted(place.schema);

  let ended: Error | null = null;
  const { promise: lost, resolve } = Promise.withResolvers<Error>();
  const lose = (error: Error) => {
    ended ??= error;
    resolve(error);
  };
  const ownership = new Ownership(client, schema, id, home);
  let link: ClusterLink | null = null;
  if (shared) {
    const board = new PostgresBoard(client, schema);
    // From now on until whoever uses the link goes on with it: what is written needs a lease.
    await board.join(id, options.leaseMs ?? leaseMs);
    opening.defer(() => board.leave(id).catch(() => undefined));
    link = { id, board, wire: await PostgresWire.open(client, place.schema) };
  } else {
    await claimed(ownership, options.onWait);
    opening.defer(() => ownership.release());
    ownership.keep(lose);
  }
  const usable = () => {
    // Also while no timer could run, as after a pause of the process.
    if (!shared && ownership.age > givenUpMs) lose(new Error("the database has not answered for too long"));
    if (ended !== null) throw ended;
  };
  const rounds = new Rounds(client, schema, { id, alone: !shared }, lose);
  const sweep = async () => {
    const gone = async () => {
      const [row] = await client.call(`select ${schema}.kv_sweep(0::smallint, $1) as gone`, [sweptAtOnce]);
      return Number(row!["gone"]);
    };
    while (await gone() === sweptAtOnce);
  };
  const sweeper = setInterval(() => void sweep().catch(() => undefined), sweepMs);
  opening.defer(() => clearInterval(sweeper));
  const close = () => void (ended ??= new Error("the store is closed"));
  const kv = new PostgresKv(new Reads(client, schema), rounds, usable, close);
  opening.defer(close);
  const open = opening.move();
  return {
    kv,
    lost,
    link,
    facts: new PostgresFacts(client, schema),
    sweep,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Waits as long as a process that has died keeps the store; one that lives renews its claim meanwhile, and is in the way. */
async function claimed(ownership: Ownership, onWait: PostgresOptions["onWait"]): Promise<void> {
  let left = await ownership.claim();
  if (left === null) return;
  const endsAt = performance.now() + left + claimMs;
  onWait?.(left);
  while (left !== null && onWait !== undefined && performance.now() < endsAt) {
    await wait(systemClock, Math.min(left, claimMs));
    left = await ownership.claim();
  }
  if (left === null) return;
  const seconds = Math.ceil(left / 1000);
  throw new Error(`another process uses it. Stop that one first; if it has died, wait ${seconds} s`);
}
