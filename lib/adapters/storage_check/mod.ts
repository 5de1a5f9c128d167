/**
 * Compares the disk, the records and the hashes, and repairs what is safe to repair.
 * Never repairs beside a running server, and never decides what a person has to decide.
 * Start with `findings.ts` (what can be wrong), then `check` below.
 */
import type { DiskBlobs } from "../blobs/mod.ts";
import type { KvAtomic, KvPort } from "../kv/mod.ts";
import { checkBytes } from "./bytes.ts";
import type { StorageFacts } from "./facts.ts";
import type { Finding, Mend } from "./findings.ts";
import { checkQuarantine } from "./quarantine.ts";
import { checkRecords } from "./records.ts";
import { checkScans } from "./scans.ts";
import { checkUploads } from "./uploads.ts";

export { type BlobsOnDisk, readFacts, type StorageFacts } from "./facts.ts";
export type { Finding, FindingKind, Mend } from "./findings.ts";

/** Mutations in one commit, far below the store's limit. */
const writesAtOnce = 200;

/** Compares the disk with the store (FI-3, FI-7). Returns nothing for a correct storage. */
export function check(facts: StorageFacts): Finding[] {
  return [
    ...checkBytes(facts),
    ...checkQuarantine(facts),
    ...checkUploads(facts),
    ...checkRecords(facts),
    ...checkScans(facts),
  ];
}

/**
 * Carries out a finding's repair. The disk comes last: a wrong record can be found again, lost bytes cannot. No other process
 * may use the store during this.
 */
export async function mend(
  kv: KvPort,
  disk: Pick<DiskBlobs, "quarantine" | "remove" | "setAside" | "unstage">,
  { sets = [], deletes = [], disk: onDisk }: Mend,
): Promise<void> {
  const writes = [
    ...sets.map(({ key, value }) => (atomic: KvAtomic) => atomic.set(key, value)),
    ...deletes.map((key) => (atomic: KvAtomic) => atomic.delete(key)),
  ];
  for (let at = 0; at < writes.length; at += writesAtOnce) {
    const atomic = kv.atomic();
    for (const write of writes.slice(at, at + writesAtOnce)) write(atomic);
    await atomic.commit();
  }
  switch (onDisk?.act) {
    case "remove":
      return await disk.remove(onDisk.sha256);
    case "setAside":
      return await disk.setAside(onDisk.sha256);
    case "quarantine":
      return await disk.quarantine.put(onDisk.sha256);
    case "restore":
      return void await disk.quarantine.restore(onDisk.sha256);
    case "destroy":
      return await disk.quarantine.destroy(onDisk.sha256);
    case "unstage":
      return await disk.unstage(onDisk.id);
    case undefined:
      return;
    default:
      return onDisk satisfies never;
  }
}
