import type { BlobRecord } from "../../files/ports.ts";
import type { Finding, Mend } from "./findings.ts";
import type { StorageFacts } from "./facts.ts";
import { blobWrites } from "../kv/blob_writes.ts";
import { keys } from "../kv/keys.ts";
import type { KvKey } from "../kv/mod.ts";
import { scanPlace, type ScanRecord, scanWrites } from "../kv/scan_writes.ts";

/** Keys of a blob's scan, for its removal. */
export function dropScanKeys({ scans }: StorageFacts, sha256: string): KvKey[] {
  const scan = scans.get(sha256);
  return scan === undefined ? [] : [keys.scan(sha256), scanPlace(sha256, scan)];
}

/** Checks scans, their order, and the lists of blobs by state (SC-1). */
export function* checkScans(facts: StorageFacts): Generator<Finding> {
  for (const blob of facts.blobs.values()) {
    if (!waitsForScan(facts, blob) || facts.scans.has(blob.sha256)) continue;
    yield {
      kind: "blob without scan",
      subject: blob.sha256,
      what: `The blob is ${blob.state}, and no scan of it waits.`,
      mend: { how: "has it scanned at the next start", sets: scanWrites(blob.sha256, facts.nowMs) },
    };
  }
  yield* checkOrder(facts);
  yield* checkLists(facts);
}

/** A blob that is held because its scan was incomplete, or found it in a list, waits for a moderator, not for a scan (SC-2, SC-9). */
function waitsForScan({ verdicts }: StorageFacts, { sha256, state }: BlobRecord): boolean {
  if (state === "scanning") return true;
  return state === "held" &&
    !(verdicts.get(sha256) ?? []).some(({ verdict }) => verdict === "incomplete" || verdict === "listed");
}

function* checkOrder(facts: StorageFacts): Generator<Finding> {
  const places = new Set(facts.scansDue.map(({ dueMs, sha256 }) => placeName(dueMs, sha256)));
  const right = new Set<string>();
  for (const [sha256, scan] of facts.scans) {
    const place = placeOf(sha256, scan);
    if (!facts.blobs.has(sha256)) {
      const mend: Mend = { how: "removes the scan", deletes: dropScanKeys(facts, sha256) };
      yield {
        kind: "scan without blob",
        subject: sha256,
        what: "Nothing is known of the bytes that it is for.",
        mend,
      };
      right.add(place);
      continue;
    }
    right.add(place);
    if (places.has(place)) continue;
    const sets = [{ key: scanPlace(sha256, scan), value: 1 }];
    yield {
      kind: "scan not in its order",
      subject: sha256,
      what: "The scan waits, and nobody will come to it.",
      mend: { how: "puts it in its place", sets },
    };
  }
  for (const { dueMs, sha256 } of facts.scansDue) {
    if (right.has(placeName(dueMs, sha256))) continue;
    yield {
      kind: "scan not in its order",
      subject: sha256,
      what: "A place is kept for a scan that is not there.",
      mend: { how: "removes the place", deletes: [keys.scanDue(dueMs, sha256)] },
    };
  }
}

const placeName = (dueMs: number, sha256: string) => `${dueMs}:${sha256}`;
const placeOf = (sha256: string, { dueMs, lease }: ScanRecord) => placeName(lease?.untilMs ?? dueMs, sha256);

function* checkLists(facts: StorageFacts): Generator<Finding> {
  const listed = new Set(facts.blobsIn.map(({ state, sha256 }) => `${state}:${sha256}`));
  for (const blob of facts.blobs.values()) {
    const isListed = listed.delete(`${blob.state}:${blob.sha256}`);
    if (isListed || blob.state === "clean") continue;
    yield {
      kind: "blob not in its list",
      subject: blob.sha256,
      what: `The blob is ${blob.state}, and moderators do not see it.`,
      mend: { how: "lists it", sets: blobWrites(null, blob).sets },
    };
  }
  for (const name of listed) {
    const [state, sha256] = name.split(":") as [string, string];
    yield {
      kind: "blob not in its list",
      subject: sha256,
      what: `The blob is listed as ${state}, and is not.`,
      mend: { how: "removes it from that list", deletes: [keys.blobIn(state, sha256)] },
    };
  }
}
