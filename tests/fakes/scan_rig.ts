import assert from "node:assert/strict";
import { blobWrites } from "../../lib/adapters/kv/blob_writes.ts";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvCheck, KvKey, KvListOptions, KvPort, KvSelector } from "../../lib/adapters/kv/port.ts";
import { concludeWrite, kvScanStore, scanWrites } from "../../lib/adapters/kv/scan_store.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import type { BlobRecord, BlobStore, RefusedHash } from "../../lib/files/ports.ts";
import { type Log, silentLog } from "../../lib/platform/mod.ts";
import type { FileState } from "../../lib/protocol/mod.ts";
import { type MatchHandler, type ScanStore, ScanWorker } from "../../lib/scanning/mod.ts";
import { FakeClock } from "./clock.ts";
import { MemoryKv } from "./memory_kv.ts";
import { seededRandom } from "./random.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner } from "./scanners.ts";

/** A hash that tests can read: the text, filled up. */
export function hashOf(name: string): string {
  return new TextEncoder().encode(name).toHex().padEnd(64, "0");
}

/** A store in memory that answers at once, so that a fake clock moves everything. */
export function storeOver(memory: MemoryKv): Store {
  const kv = {
    get: (key: KvKey) => Promise.resolve(memory.get(key)),
    getMany: (wanted: KvKey[]) => Promise.resolve(wanted.map((key) => memory.get(key))),
    async *list(selector: KvSelector, options?: KvListOptions) {
      yield* await Promise.resolve(memory.list(selector, options));
    },
    atomic: () => atomicOver(memory),
    commitVersionstamp: () => MemoryKv.placeholder,
  };
  // The parts of the interface that scanning uses.
  const asKv = kv as unknown as KvPort;
  return {
    kv: asKv,
    committer: new Committer(asKv, () => Promise.resolve()),
    exclusive: true,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function atomicOver(memory: MemoryKv) {
  const checks: KvCheck[] = [];
  const mutations: { what: "set" | "delete"; key: KvKey; value?: unknown }[] = [];
  const atomic = {
    check: (...more: KvCheck[]) => (checks.push(...more), atomic),
    set: (key: KvKey, value: unknown) => (mutations.push({ what: "set", key, value }), atomic),
    delete: (key: KvKey) => (mutations.push({ what: "delete", key }), atomic),
    commit: () => Promise.resolve(memory.commit(checks, mutations)),
  };
  return atomic;
}

/** What files do with new bytes: the blob's record and its scan in one commit. */
export async function addBlob(
  { committer }: Store,
  name: string,
  nowMs: number,
  more: Partial<BlobRecord> = {},
): Promise<string> {
  const sha256 = hashOf(name);
  const blob: BlobRecord = {
    sha256,
    sizeBytes: 4,
    type: "text/plain",
    state: "scanning",
    createdMs: nowMs,
    scanMs: null,
    ...more,
  };
  const written = blobWrites(null, blob);
  const sets = [...written.sets, ...scanWrites(sha256, nowMs)];
  assert.ok(
    (await committer.commit({ checks: [{ key: keys.blob(sha256), versionstamp: null }], sets })).ok,
    `${name} was added`,
  );
  return sha256;
}

/** Takes matches over as the incidents do, without an incident: rejected and refused in one commit. */
export function matchHandlerOver({ kv, committer }: Store, now: () => number): MatchHandler {
  return {
    async preserve(job, _finding, verdicts) {
      const blob = await kv.get<BlobRecord>(keys.blob(job.sha256));
      if (blob.value === null) return false;
      const conclusion = { state: "rejected" as const, verdicts: [...verdicts], refuse: "match" as const };
      return (await committer.commit(concludeWrite(job, blob, conclusion, now()))).ok;
    },
  };
}

/** Bytes of four each for every hash; `missing` ones are not there. */
export function blobsWithout(missing: ReadonlySet<string> = new Set()): Pick<BlobStore, "open"> {
  return {
    open: (sha256) =>
      Promise.resolve(missing.has(sha256) ? null : new Blob([new Uint8Array([1, 2, 3, 4])]).stream()),
  };
}

/** Scanning over a store in memory, with scripted scanners and a clock that a test moves. */
export class ScanRig {
  readonly clock = new FakeClock();
  readonly memory = new MemoryKv();
  readonly store: Store = storeOver(this.memory);
  readonly scans: ScanStore = kvScanStore(this.store, this.clock);
  readonly virus = new ScriptedVirusScanner();
  readonly csam = new ScriptedCsamMatcher();
  readonly missing = new Set<string>();
  matches: MatchHandler = matchHandlerOver(this.store, () => this.clock.now());
  log: Log = silentLog;

  worker(more: { slots?: number; incomplete?: "hold" | "reject"; seed?: number; scans?: ScanStore } = {}) {
    return new ScanWorker({
      store: more.scans ?? this.scans,
      blobs: blobsWithout(this.missing),
      virus: this.virus,
      csam: this.csam,
      matches: this.matches,
      incomplete: more.incomplete ?? "hold",
      slots: more.slots ?? 2,
      clock: this.clock,
      random: seededRandom(more.seed ?? 1),
      log: this.log,
    });
  }

  async add(name: string, more: Partial<BlobRecord> = {}): Promise<string> {
    return await addBlob(this.store, name, this.clock.now(), more);
  }

  state(name: string): FileState | undefined {
    return this.memory.get<BlobRecord>(keys.blob(hashOf(name))).value?.state;
  }

  refused(name: string): RefusedHash["why"] | undefined {
    return this.memory.get<RefusedHash>(keys.refused(hashOf(name))).value?.why;
  }

  async verdicts(name: string): Promise<Record<string, string>> {
    const verdicts = await this.scans.verdicts(hashOf(name));
    return Object.fromEntries(verdicts.map(({ check, verdict }) => [check, verdict]));
  }

  /** Names of what is due to be told of, oldest first. */
  changed(): string[] {
    return this.memory.list<{ kind: string; sha256: string }>({ prefix: keys.jobs() })
      .filter(({ value }) => value.kind === "blob_changed")
      .map(({ value }) => value.sha256);
  }
}
