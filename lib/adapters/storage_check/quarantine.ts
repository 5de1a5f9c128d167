import type { StorageFacts } from "./facts.ts";
import type { Finding } from "./findings.ts";
import { quarantineSets } from "../kv/scan_writes.ts";

/** Checks that rejected bytes are in quarantine, and no others (SC-8). The server puts right what a crash or an older version left. */
export function* checkQuarantine(facts: StorageFacts): Generator<Finding> {
  for (const { sha256, state } of facts.blobs.values()) {
    const isMatch = facts.refused.get(sha256)?.why === "match";
    if (state !== "rejected" || isMatch || !facts.onDisk.has(sha256)) continue;
    if (facts.jobs.has(`blob_quarantine:${sha256}`)) continue;
    yield {
      kind: "rejected bytes not in quarantine",
      subject: sha256,
      what: "The blob was rejected, and its bytes are still among the others.",
      server: "The running server moves them once they are an hour old.",
      mend: {
        how: "moves them",
        sets: facts.quarantines.has(sha256) ? [] : quarantineSets(sha256, facts.nowMs),
        disk: { act: "quarantine", sha256 },
      },
    };
  }
  for (const sha256 of facts.quarantined) {
    if (!facts.quarantines.has(sha256)) yield withoutRecord(facts, sha256);
  }
}

function withoutRecord(facts: StorageFacts, sha256: string): Finding {
  const state = facts.blobs.get(sha256)?.state;
  const found = { kind: "bytes in quarantine without record", subject: sha256 } as const;
  if (state !== undefined && state !== "rejected") {
    return {
      ...found,
      what: `The blob is ${state}, and its bytes are in quarantine.`,
      server: "The running server moves them back once they are an hour old.",
      mend: { how: "moves them back", disk: { act: "restore", sha256 } },
    };
  }
  if (facts.holds.has(`blob:${sha256}`)) {
    return { ...found, what: "Their time is over, but a legal hold keeps them.", mend: null };
  }
  return {
    ...found,
    what: "Their time is over.",
    server: "The running server destroys them once they are an hour old.",
    mend: { how: "destroys them", disk: { act: "destroy", sha256 } },
  };
}
