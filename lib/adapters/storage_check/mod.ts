import type { Write } from "../kv/committer.ts";
import { checkBytes } from "./bytes.ts";
import type { StorageFacts } from "./facts.ts";
import { checkRecords } from "./records.ts";
import { checkScans } from "./scans.ts";
import { checkUploads } from "./uploads.ts";
import type { DiskBlobs } from "../blobs/mod.ts";

/** Mutations in one commit, far below what a commit may hold. */
const writesAtOnce = 200;

/** What can be wrong; the same word for the same thing, so that findings can be counted. */
export type FindingKind =
  | "bytes missing"
  | "bytes damaged"
  | "bytes without record"
  | "matched bytes not sealed away"
  | "wrong size"
  | "blob without file"
  | "blob not in its list"
  | "file without blob"
  | "file that never expires"
  | "reference without file"
  | "file without reference"
  | "use without file"
  | "usage does not add up"
  | "upload without bytes"
  | "bytes aside without upload"
  | "upload not in its list"
  | "blob without scan"
  | "scan without blob"
  | "scan not in its order"
  | "unknown file";

/** What would be done about it: writes to the store, then to the disk. */
export interface Mend {
  /** In a few words, as "removes the record". */
  how: string;
  sets?: NonNullable<Write["sets"]>;
  deletes?: Deno.KvKey[];
  disk?: { act: "remove" | "setAside"; sha256: string } | { act: "unstage"; id: string };
}

export interface Finding {
  kind: FindingKind;
  /** A hash, an id or a path; nothing that people wrote. */
  subject: string;
  /** A sentence for an operator. */
  what: string;
  /** Null where a person has to decide. */
  mend: Mend | null;
}

/** Compares what lies on the disk with what the store says (FI-3, FI-7). Nothing is found in a storage that is as it should be. */
export function check(facts: StorageFacts): Finding[] {
  return [
    ...checkBytes(facts),
    ...checkUploads(facts),
    ...checkRecords(facts),
    ...checkScans(facts),
  ];
}

/**
 * Does what a finding says. What is on the disk goes last: a record that says too little is found again, bytes that are gone
 * are not. Only while nobody else uses the store.
 */
export async function mend(
  kv: Deno.Kv,
  disk: Pick<DiskBlobs, "remove" | "setAside" | "unstage">,
  { sets = [], deletes = [], disk: onDisk }: Mend,
): Promise<void> {
  const writes = [
    ...sets.map((set) => ({ type: "set" as const, ...set })),
    ...deletes.map((key) => ({ type: "delete" as const, key })),
  ];
  for (let at = 0; at < writes.length; at += writesAtOnce) {
    await kv.atomic().mutate(...writes.slice(at, at + writesAtOnce)).commit();
  }
  switch (onDisk?.act) {
    case "remove":
      return await disk.remove(onDisk.sha256);
    case "setAside":
      return await disk.setAside(onDisk.sha256);
    case "unstage":
      return await disk.unstage(onDisk.id);
    case undefined:
      return;
    default:
      return onDisk satisfies never;
  }
}
