import type { BlobRecord } from "../../files/ports.ts";
import type { Finding } from "./findings.ts";
import type { StorageFacts } from "./facts.ts";
import { blobWrites } from "../kv/blob_writes.ts";
import { keys } from "../kv/keys.ts";
import { dropScanKeys } from "./scans.ts";

/** FI-7: what the sweep does with bytes that a crash left. */
export const sweptAway =
  "A crash leaves such bytes. The running server removes them once they are an hour old.";

/** Checks blobs: their bytes and their records. */
export function* checkBytes(facts: StorageFacts): Generator<Finding> {
  for (const path of facts.strays) {
    const what = "lies in the storage under a name that Behest does not give.";
    yield { kind: "unknown file", subject: path, what, mend: null };
  }
  const referred = new Set([...facts.files.values()].map((file) => file.sha256));
  for (const sha256 of facts.onDisk.keys()) {
    if (facts.refused.get(sha256)?.why === "match") yield* checkMatched(facts, sha256);
    else yield* checkPresent(facts, sha256, referred);
  }
  for (const blob of facts.blobs.values()) {
    if (!facts.onDisk.has(blob.sha256)) yield* checkAbsent(facts, blob);
    if (!referred.has(blob.sha256) && !facts.quarantines.has(blob.sha256)) yield* withoutFile(facts, blob);
  }
}

/** Checks the bytes of blobs that are no match. */
function* checkPresent(
  facts: StorageFacts,
  sha256: string,
  referred: ReadonlySet<string>,
): Generator<Finding> {
  const { sizeBytes, sound } = facts.onDisk.get(sha256)!;
  const blob = facts.blobs.get(sha256);
  if (!sound) {
    yield {
      kind: "bytes damaged",
      subject: sha256,
      what: "The bytes do not have the hash that they are named by. Restore them from a backup.",
      mend: { how: "moves them to damaged/, where nobody reads them", disk: { act: "setAside", sha256 } },
    };
    return;
  }
  if (blob === undefined) {
    // If a file refers to it, the record is missing, not the file.
    if (referred.has(sha256) || facts.jobs.has(`blob_sweep:${sha256}`) || awaited(facts, sha256)) return;
    const held = facts.holds.has(`blob:${sha256}`);
    yield {
      kind: "bytes without record",
      subject: sha256,
      what: held
        ? "No record speaks of these bytes, but a legal hold keeps them."
        : "No record speaks of these bytes.",
      ...(held ? {} : { server: sweptAway }),
      mend: held ? null : { how: "removes them", disk: { act: "remove", sha256 } },
    };
    return;
  }
  if (blob.sizeBytes === sizeBytes) return;
  yield {
    kind: "wrong size",
    subject: sha256,
    what: `The record says ${blob.sizeBytes} bytes; the bytes are sound and ${sizeBytes}.`,
    mend: { how: "corrects the record", ...blobWrites(blob, { ...blob, sizeBytes }) },
  };
}

/** Whether an upload with these kept bytes still waits to become a file. */
function awaited({ uploads }: StorageFacts, sha256: string): boolean {
  return [...uploads.values()].some(({ finishing, fileId, refused }) =>
    finishing?.sha256 === sha256 && fileId === null && refused === null
  );
}

/** SC-5: matched bytes leave the storage after they are sealed, never before. */
function* checkMatched(facts: StorageFacts, sha256: string): Generator<Finding> {
  const { incidentId = "", evidence = "none", readBack = false } = facts.matches.get(sha256) ?? {};
  const found = (what: string, mend: Finding["mend"]): Finding => ({
    kind: "matched bytes not sealed away",
    subject: sha256,
    what,
    mend,
  });
  switch (evidence) {
    case "none":
      yield found("The bytes are refused as a match, but no incident has them.", null);
      return;
    case "sealing": {
      if (facts.jobs.has(`seal_evidence:${incidentId}`)) return;
      const job = { kind: "seal_evidence", incidentId };
      const key = keys.job(facts.nowMs, `seal_evidence:${incidentId}`);
      yield found(`Incident ${incidentId} waits for the bytes, and nothing will bring them there.`, {
        how: "has them sealed at the next start",
        sets: [{ key, value: job }],
      });
      return;
    }
    case "sealed":
      yield readBack
        ? {
          ...found(`The bytes are sealed as evidence of incident ${incidentId}, and lie here too.`, {
            how: "removes them here",
            disk: { act: "remove", sha256 },
          }),
          server: "The server removes them here at its next start.",
        }
        : found(
          `The bytes should be sealed as evidence of incident ${incidentId}, which cannot be read back.`,
          null,
        );
      return;
    case "destroyed":
      yield found(`The evidence of incident ${incidentId} was destroyed at the end of its hold.`, {
        how: "removes the bytes",
        disk: { act: "remove", sha256 },
      });
      return;
    default:
      evidence satisfies never;
  }
}

function* checkAbsent(facts: StorageFacts, { sha256, state }: BlobRecord): Generator<Finding> {
  // Rejected bytes end with their quarantine.
  const quarantined = facts.quarantined.has(sha256) || !facts.quarantines.has(sha256);
  if (state === "rejected" && facts.matches.get(sha256) === undefined && quarantined) return;
  const evidence = facts.matches.get(sha256)?.evidence;
  if (evidence === "sealed" || evidence === "destroyed") return;
  yield {
    kind: "bytes missing",
    subject: sha256,
    what:
      "There is a record of the bytes, but they are gone. Restore them from a backup, or have them uploaded again.",
    mend: null,
  };
}

function* withoutFile(facts: StorageFacts, blob: BlobRecord): Generator<Finding> {
  const { sha256 } = blob;
  const held = facts.holds.has(`blob:${sha256}`);
  const verdicts = facts.verdicts.get(sha256) ?? [];
  yield {
    kind: "blob without file",
    subject: sha256,
    what: `No file refers to these bytes${held ? ", but a legal hold keeps them" : ""}.`,
    mend: held ? null : {
      how: "removes what is known of them, so that they are swept",
      sets: [{ key: keys.job(facts.nowMs, `blob_sweep:${sha256}`), value: { kind: "blob_sweep", sha256 } }],
      deletes: [
        ...blobWrites(blob, null).deletes,
        ...verdicts.map(({ check }) => keys.verdict(sha256, check)),
        ...dropScanKeys(facts, sha256),
      ],
    },
  };
}
