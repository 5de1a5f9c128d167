import type { Message, NewNotice } from "../protocol/mod.ts";
import type { People } from "../accounts/mod.ts";
import { DiskBlobs } from "../adapters/blobs/mod.ts";
import { openClamd } from "../adapters/clamd/mod.ts";
import { openCsam } from "../adapters/csam/mod.ts";
import { CyberTipClient } from "../adapters/cybertip/mod.ts";
import { SealedFiles } from "../adapters/evidence/mod.ts";
import {
  type KvAccounts,
  type KvAudit,
  kvDecisionStore,
  kvFileStore,
  KvIncidents,
  kvScanStore,
  type Store,
} from "../adapters/kv/mod.ts";
import type { Config } from "../config/mod.ts";
import { type BlobStore, type FileReaders, Files, type FileWatchers, SweepTimer } from "../files/mod.ts";
import type { HealthPort } from "../platform/health.ts";
import type { Bell, Clock, Ids, Log, NoticeList, Random } from "../platform/mod.ts";
import {
  type CsamMatcher,
  csamMatcherFor,
  FileModeration,
  hashList,
  Incidents,
  RescanSchedule,
  ScanStatusBoard,
  ScanWorker,
  type VirusScanner,
  virusScannerFor,
} from "../scanning/mod.ts";
import type { Services } from "../web/mod.ts";

/** Disk space that uploads leave to the store and the log. `/readyz` reports a full disk long before. */
const leftFreeBytes = 64 * 1024 * 1024;

export interface FilesParts {
  config: Config;
  store: Store;
  accounts: KvAccounts;
  audit: KvAudit;
  people: People;
  bell: Bell;
  notices: Pick<NoticeList<NewNotice>, "add">;
  clock: Clock;
  random: Random;
  ids: Ids;
  log: Log;
  /** Usernames by user id. */
  names(userIds: readonly string[]): Promise<Map<string, string>>;
  /** The rooms whose records carry files. */
  readers: FileReaders;
  watchers: FileWatchers;
  /** Replaces the configured scanners; for tests. */
  scanners?: { virus?: VirusScanner; csam?: CsamMatcher } | undefined;
  /** Replaces the disk; for tests. */
  blobs?: BlobStore | undefined;
}

/** Files and scanning, wired. */
export interface OpenFiles extends AsyncDisposable {
  readonly services: Pick<Services, "files" | "adminFiles" | "incidents" | "scanning">;
  readonly room: Files;
  /** Whose a file is; null for a missing one. */
  ownerOf(fileId: string): Promise<string | null>;
  readonly incidents: Incidents;
  readonly checks: HealthPort<Message>[];
  /** Files that wait for their scan, counted up to `most`. */
  scanBacklog(most: number): Promise<number>;
  /** Begins to scan. Jobs must be running. */
  start(): Promise<void>;
}

/** Wires files and scanning. Throws when the disk cannot be used. */
export async function openFiles(parts: FilesParts): Promise<OpenFiles> {
  const { config, store, accounts, audit, bell, clock, random, ids, log } = parts;
  await using opening = new AsyncDisposableStack();
  const blobs = parts.blobs ??
    opening.use(await DiskBlobs.open(`${config.dataDir}/storage`, clock, leftFreeBytes));
  const scans = kvScanStore(store, clock);
  const fileStore = kvFileStore(store, clock);
  const virus = parts.scanners?.virus ?? virusOf(config, clock);
  const csam = parts.scanners?.csam ?? await csamOf(config, clock);
  const incidents = new Incidents({
    store: new KvIncidents(store, accounts, audit, clock),
    blobs,
    evidence: new SealedFiles({ dir: `${config.dataDir}/evidence`, keyFile: config.evidenceKey, random }),
    cybertip: tiplineOf(config, clock, log),
    bell,
    clock,
    ids,
    log,
    evidenceDays: config.evidenceDays,
  });
  const worker = new ScanWorker({
    store: scans,
    blobs,
    virus,
    csam,
    matches: incidents,
    incomplete: config.incomplete,
    slots: config.scanConcurrency,
    clock,
    random,
    log,
  });
  opening.use(worker);
  const rescans = new RescanSchedule({ store: scans, virus, clock, log, added: () => worker.wake() });
  opening.use(rescans);
  const files = new Files({
    store: fileStore,
    blobs,
    bell,
    notices: parts.notices,
    readers: parts.readers,
    watchers: parts.watchers,
    scans: worker,
    clock,
    ids,
    log,
    settings: config,
    mayAdd: (ownerId) => parts.people.isActive(ownerId),
    onRefused: (file) => incidents.uploadRefused(file),
  });
  const board = new ScanStatusBoard({
    virus,
    csam,
    breakers: worker.breakers,
    store: scans,
    mode: config.mode,
    clock,
  });
  const sweeping = new SweepTimer({ sweep: () => files.sweep(), clock, log });
  opening.use(sweeping);
  const opened = opening.move();
  return {
    room: files,
    ownerOf: async (fileId) => (await fileStore.file(fileId))?.ownerId ?? null,
    incidents,
    services: {
      files,
      adminFiles: new FileModeration({
        store: scans,
        decisions: kvDecisionStore(store, audit, clock),
        quarantine: files,
        files: fileStore,
        names: parts.names,
        clock,
      }),
      incidents,
      scanning: board,
    },
    checks: board.checks(),
    scanBacklog: (most) => scans.backlog(most),
    async start() {
      await incidents.prepare();
      if (store.exclusive) await scans.endLeases();
      worker.start();
      rescans.start();
      sweeping.start();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function virusOf({ mode, clamd, scanConcurrency }: Config, clock: Clock): VirusScanner {
  return virusScannerFor(mode, openClamd(clamd, { clock, connections: scanConcurrency }), clock);
}

/** Throws when the list of hashes cannot be read. */
async function csamOf({ mode, csam, csamHashes }: Config, clock: Clock): Promise<CsamMatcher> {
  const service = csam === null ? null : openCsam(csam, { clock });
  const known = mode === "evaluation" && csamHashes !== null
    ? hashList(await Deno.readTextFile(csamHashes), `BEHEST_CSAM_HASHES: ${csamHashes}`)
    : new Set<string>();
  return csamMatcherFor(mode, service, known);
}

function tiplineOf({ cybertip: { url, user, password } }: Config, clock: Clock, log: Log) {
  return user === null || password === null ? null : new CyberTipClient({ url, user, password, clock, log });
}
