import type { BlobRecord, FileRecord, RefusedHash } from "../../files/ports.ts";
import type { CaseChange, StoredCopy } from "../../moderation/mod.ts";
import { moderationLimits } from "../../protocol/mod.ts";
import { getValues } from "./get_many.ts";
import type { Part } from "./incidents_suspensions.ts";
import { keys } from "./keys.ts";
import type { KvPort } from "./port.ts";
import { type ScanRecord, stateWrites } from "./scan_writes.ts";

/**
 * MO-8: adds what refuses hashes for ever and rejects every file that has them. A hash that is refused as a match stays evidence (SC-5).
 * The commit fails when an upload added one of them meanwhile, or a scan decided.
 */
export async function addRefusals(
  kv: KvPort,
  part: Part,
  { hashes, verdict }: NonNullable<CaseChange["refuse"]>,
  nowMs: number,
): Promise<void> {
  for (const sha256 of hashes) {
    const [blob, scan, refused] = await kv.getMany<[BlobRecord, ScanRecord, RefusedHash]>([
      keys.blob(sha256),
      keys.scan(sha256),
      keys.refused(sha256),
    ]);
    part.checks.push(blob, scan, refused);
    if (refused.value?.why === "match") continue;
    if (blob.value === null) {
      part.sets.push({ key: refused.key, value: { why: "ncii", atMs: nowMs } satisfies RefusedHash });
      continue;
    }
    // A scan under way goes on: it may find a match, which the bytes have to be there for.
    const conclusion = { state: "rejected" as const, verdicts: [verdict], refuse: "ncii" as const };
    const written = stateWrites(blob, conclusion, nowMs, { scanGoesOn: scan.value !== null });
    part.sets.push(...written.sets);
    part.deletes.push(...written.deletes);
  }
}

/** What the store has of a hash. */
export async function copyOf(kv: KvPort, sha256: string): Promise<StoredCopy> {
  const [blob, refused] = await kv.getMany<[BlobRecord, RefusedHash]>([
    keys.blob(sha256),
    keys.refused(sha256),
  ]);
  const fileIds: string[] = [];
  const most = { limit: moderationLimits.removalUploads };
  for await (const { key } of kv.list({ prefix: keys.refsOf(sha256) }, most)) fileIds.push(String(key[2]));
  const files = await getValues<FileRecord>(kv, fileIds.map(keys.file));
  const owners = new Set(files.flatMap((file) => file === null ? [] : [file.ownerId]));
  return {
    sha256,
    blob: blob.value,
    uploads: fileIds.length,
    owners: [...owners],
    refused: refused.value !== null,
  };
}
