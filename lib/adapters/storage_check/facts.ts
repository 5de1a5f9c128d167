import type { BlobRecord, FileRecord, RefusedHash, UploadRecord } from "../../files/ports.ts";
import type { Verdict } from "../../protocol/mod.ts";
import type { IncidentRecord } from "../../scanning/evidence_ports.ts";
import { inForce, type Usage } from "../kv/file_writes.ts";
import { keys } from "../kv/keys.ts";
import type { ScanRecord } from "../kv/scan_writes.ts";
import type { DiskBlobs } from "../blobs/mod.ts";
import type { KvEntry, KvKey, KvPort } from "../kv/mod.ts";

/** Blobs on the disk: their sizes, and whether their bytes match the hash in their name. */
export type BlobsOnDisk = ReadonlyMap<string, { sizeBytes: number; sound: boolean }>;

/** The match behind a refused hash, and where its bytes should be. */
export interface MatchFact {
  incidentId: string;
  evidence: IncidentRecord["evidence"];
  /** Whether the sealed evidence was read back completely; checked only when the plain bytes exist too. */
  readBack: boolean;
}

/** Everything that the check compares: the disk and the store. In memory, a few hundred bytes each. */
export interface StorageFacts {
  nowMs: number;
  onDisk: BlobsOnDisk;
  /** Sizes of staged uploads, by id. */
  staged: ReadonlyMap<string, number>;
  /** Hashes of the bytes in quarantine, and those that have a record of it (SC-8). */
  quarantined: ReadonlySet<string>;
  quarantines: ReadonlySet<string>;
  /** Paths below the storage directory that belong to nothing. */
  strays: readonly string[];
  blobs: ReadonlyMap<string, BlobRecord>;
  /** Entries of the list of blobs by state. */
  blobsIn: readonly { state: string; sha256: string }[];
  verdicts: ReadonlyMap<string, readonly Verdict[]>;
  refused: ReadonlyMap<string, RefusedHash>;
  scans: ReadonlyMap<string, ScanRecord>;
  scansDue: readonly { dueMs: number; sha256: string }[];
  files: ReadonlyMap<string, FileRecord>;
  /** Entries of people's lists of files. */
  listed: readonly { ownerId: string; fileId: string }[];
  refs: readonly { sha256: string; fileId: string }[];
  /** Files with a recorded use, also files that are gone. */
  used: readonly { fileId: string; key: KvKey }[];
  usage: ReadonlyMap<string, Usage>;
  uploads: ReadonlyMap<string, UploadRecord>;
  uploadsListed: readonly { ownerId: string; uploadId: string }[];
  /** By hash. */
  matches: ReadonlyMap<string, MatchFact>;
  /** Names of waiting jobs, like `blob_sweep:<hash>`. */
  jobs: ReadonlySet<string>;
  /** Subjects of legal holds, like `file:<id>`. */
  holds: ReadonlySet<string>;
}

/** Prefix of all keys of one kind. */
const every = (key: KvKey): KvKey => key.slice(0, 1);

/** Reads everything except the blobs' bytes. No other process may use the store during this, or the facts do not fit together. */
export async function readFacts(
  kv: KvPort,
  disk: DiskBlobs,
  onDisk: BlobsOnDisk,
  readsBack: (incident: IncidentRecord) => Promise<boolean>,
  nowMs: number,
): Promise<StorageFacts> {
  const entries = <V>(prefix: KvKey) => Array.fromAsync(kv.list<V>({ prefix }, { batchSize: 500 }));
  const byKey = <V>(all: KvEntry<V>[]) => new Map(all.map(({ key, value }) => [key[1] as string, value]));
  const pairs = async (prefix: KvKey) =>
    (await entries(prefix)).map(({ key }) => [key[1], key[2]] as string[]);
  const read = async <V>(prefix: KvKey) => byKey(await entries<V>(prefix));

  const verdicts = new Map<string, Verdict[]>();
  for (const { key, value } of await entries<Verdict>(every(keys.verdict("", "")))) {
    const sha256 = key[1] as string;
    verdicts.set(sha256, [...verdicts.get(sha256) ?? [], value]);
  }
  const matches = new Map<string, MatchFact>();
  for (const { value: incident } of await entries<IncidentRecord>(keys.incidents())) {
    if (incident.repeat !== null) continue;
    const { id: incidentId, sha256, evidence } = incident;
    const readBack = onDisk.has(sha256) && evidence === "sealed" && await readsBack(incident);
    matches.set(sha256, { incidentId, evidence, readBack });
  }
  const jobs = new Set<string>();
  for (const { key, value } of await entries<{ kind?: string; incidentId?: string }>(keys.jobs())) {
    jobs.add(value.kind === "seal_evidence" ? `seal_evidence:${value.incidentId}` : String(key[2]));
  }
  const holds = new Set<string>();
  for (const entry of await entries<unknown>(every(keys.hold("", "")))) {
    if (inForce(entry, nowMs)) holds.add(`${String(entry.key[1])}:${String(entry.key[2])}`);
  }
  const used = [...await entries(every(keys.fileUse("", ""))), ...await entries(every(keys.fileUsed("")))];
  return {
    nowMs,
    onDisk,
    staged: new Map((await Array.fromAsync(disk.staged())).map(({ id, sizeBytes }) => [id, sizeBytes])),
    quarantined: new Set((await Array.fromAsync(disk.quarantine.list())).map(({ sha256 }) => sha256)),
    quarantines: new Set((await entries(keys.quarantines())).map(({ key }) => key[1] as string)),
    strays: await Array.fromAsync(disk.strays()),
    blobs: await read<BlobRecord>(keys.blobs()),
    blobsIn: (await pairs(every(keys.blobIn("", "")))).map(([state, sha256]) => ({
      state: state!,
      sha256: sha256!,
    })),
    verdicts,
    refused: await read<RefusedHash>(every(keys.refused(""))),
    scans: await read<ScanRecord>(keys.scans()),
    scansDue: (await entries(keys.scansDue())).map(({ key }) => ({
      dueMs: key[1] as number,
      sha256: key[2] as string,
    })),
    files: await read<FileRecord>(keys.files()),
    listed: (await pairs(every(keys.fileOf("", "")))).map(([ownerId, fileId]) => ({
      ownerId: ownerId!,
      fileId: fileId!,
    })),
    refs: (await pairs(every(keys.ref("", "")))).map(([sha256, fileId]) => ({
      sha256: sha256!,
      fileId: fileId!,
    })),
    used: used.map(({ key }) => ({ fileId: key[1] as string, key })),
    usage: await read<Usage>(every(keys.usage(""))),
    uploads: await read<UploadRecord>(keys.uploads()),
    uploadsListed: (await pairs(every(keys.uploadOf("", "")))).map(([ownerId, uploadId]) => ({
      ownerId: ownerId!,
      uploadId: uploadId!,
    })),
    matches,
    jobs,
    holds,
  };
}
