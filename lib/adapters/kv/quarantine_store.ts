import type { BlobRecord, FileStore, QuarantineRecord, RefusedHash } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { blobWrites } from "./blob_writes.ts";
import { keys } from "./keys.ts";
import type { KvCheck, KvKey, KvPort } from "./port.ts";
import { dropScanWrites, quarantineSets, type ScanRecord } from "./scan_writes.ts";
import type { Store } from "./store.ts";

/** Records of quarantines in Deno KV (SC-8). `scan_writes.ts` begins them, with the verdict. */
export function kvQuarantine(
  { kv, committer }: Store,
  clock: Clock,
): Pick<FileStore, "quarantine" | "beginQuarantine" | "endQuarantine"> {
  return {
    async quarantine(sha256) {
      return (await kv.get<QuarantineRecord>(keys.quarantine(sha256))).value;
    },

    async beginQuarantine(sha256) {
      const [blob, record, refused, scan] = await kv.getMany<
        [BlobRecord, QuarantineRecord, RefusedHash, ScanRecord]
      >([
        keys.blob(sha256),
        keys.quarantine(sha256),
        keys.refused(sha256),
        keys.scan(sha256),
      ]);
      if (blob.value?.state !== "rejected" || record.value !== null || refused.value?.why === "match") return;
      // Its end begins the quarantine (MO-8).
      if (scan.value !== null) return;
      // Another writer that was faster made this unnecessary, or the next sweep comes to it.
      await committer.commit({
        checks: [blob, record, refused, scan],
        sets: quarantineSets(sha256, clock.now()),
      });
    },

    async endQuarantine(sha256) {
      for (let tries = 0; tries < limits.writeTries; tries++) {
        const [record, blob, scan, mark] = await kv.getMany<[QuarantineRecord, BlobRecord, ScanRecord, 1]>([
          keys.quarantine(sha256),
          keys.blob(sha256),
          keys.scan(sha256),
          keys.refMark(sha256),
        ]);
        if (record.value === null) return;
        const checks: KvCheck[] = [record, blob, mark];
        const deletes: KvKey[] = [record.key];
        if (blob.value !== null && !await hasFile(kv, sha256)) {
          const dropped = dropScanWrites(sha256, scan);
          checks.push(...dropped.checks);
          deletes.push(...blobWrites(blob.value, null).deletes, ...dropped.deletes);
          for await (const { key } of kv.list({ prefix: keys.verdictsOf(sha256) })) deletes.push(key);
        }
        if ((await committer.commit({ checks, deletes })).ok) return;
      }
      throw new Error("A quarantine could not be ended: too many writers at once.");
    },
  };
}

async function hasFile(kv: KvPort, sha256: string): Promise<boolean> {
  for await (const _ of kv.list({ prefix: keys.refsOf(sha256) }, { limit: 1 })) return true;
  return false;
}
