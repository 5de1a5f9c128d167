import type { BlobRecord, QuarantineRecord, RefusedHash } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import type { Verdict } from "../../protocol/mod.ts";
import type { DecisionStore } from "../../scanning/ports.ts";
import type { KvAudit } from "./audit_log.ts";
import { keys } from "./keys.ts";
import { dropScanWrites, type ScanRecord, stateWrites } from "./scan_writes.ts";
import type { Store } from "./store.ts";

/** Moderators' decisions on held files in Deno KV, each with its audit entry. */
export function kvDecisionStore({ kv }: Store, audit: Pick<KvAudit, "commit">, clock: Clock): DecisionStore {
  const read = (sha256: string) =>
    kv.getMany<[BlobRecord, ScanRecord, QuarantineRecord, RefusedHash]>([
      keys.blob(sha256),
      keys.scan(sha256),
      keys.quarantine(sha256),
      keys.refused(sha256),
    ]);

  return {
    async standing(sha256) {
      const [blob, scan, quarantine, refused] = await read(sha256);
      if (blob.value === null) return null;
      // Read after the versions: newer verdicts make the write fail.
      const verdicts: Verdict[] = [];
      for await (const { value } of kv.list<Verdict>({ prefix: keys.verdictsOf(sha256) })) {
        verdicts.push(value);
      }
      return {
        blob: blob.value,
        verdicts,
        scan: scan.value === null
          ? null
          : { attempts: scan.value.attempts, dueMs: scan.value.lease?.untilMs ?? scan.value.dueMs },
        quarantine: quarantine.value === null ? null : { untilMs: quarantine.value.untilMs },
        refusedAs: refused.value?.why ?? null,
        version: { blob: blob.versionstamp, scan: scan.versionstamp },
      };
    },

    async decide({ blob: { sha256 }, version }, conclusion, auditEntry) {
      const [blob, scan, quarantine, refused] = await read(sha256);
      if (blob.value === null || blob.versionstamp !== version.blob || scan.versionstamp !== version.scan) {
        return false;
      }
      const end = dropScanWrites(sha256, scan);
      const state = stateWrites(blob, conclusion, clock.now());
      const committed = await audit.commit({
        checks: [
          ...end.checks,
          ...state.checks,
          ...(conclusion.fromQuarantine === true ? [quarantine, refused] : []),
        ],
        sets: state.sets,
        deletes: [...end.deletes, ...state.deletes],
      }, auditEntry);
      return committed.ok;
    },
  };
}
