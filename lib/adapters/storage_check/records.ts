import type { BlobRecord, FileRecord } from "../../files/ports.ts";
import { limits } from "../../protocol/mod.ts";
import type { Finding, Mend } from "./findings.ts";
import type { StorageFacts } from "./facts.ts";
import { blobWrites } from "../kv/blob_writes.ts";
import { fileJobSet, type Usage } from "../kv/file_writes.ts";
import { keys } from "../kv/keys.ts";
import type { KvKey } from "../kv/mod.ts";
import { scanWrites } from "../kv/scan_writes.ts";

/** Checks files, references to them, and the sums of their owners. */
export function* checkRecords(facts: StorageFacts): Generator<Finding> {
  for (const file of facts.files.values()) {
    const blob = facts.blobs.get(file.sha256);
    if (blob === undefined) yield withoutBlob(facts, file);
    else if (blob.sizeBytes !== file.sizeBytes) yield otherSize(file, blob);
    if (!facts.jobs.has(`file_expire:${file.id}`)) yield withoutEnd(file);
  }
  yield* checkReferences(facts);
  yield* checkUsage(facts);
}

function withoutBlob(facts: StorageFacts, file: FileRecord): Finding {
  const { id, sha256 } = file;
  const found = (what: string, mend: Mend | null): Finding => ({
    kind: "file without blob",
    subject: id,
    what,
    mend,
  });
  const onDisk = facts.onDisk.get(sha256);
  if (onDisk?.sound) {
    const { type, createdMs } = file;
    const refused = facts.refused.has(sha256);
    const blob: BlobRecord = {
      sha256,
      sizeBytes: onDisk.sizeBytes,
      type,
      state: refused ? "rejected" : "scanning",
      createdMs,
      scanMs: null,
    };
    return found("Its bytes are there, but nothing is known of them.", {
      how: refused ? "has them rejected, as their hash is" : "has them scanned at the next start",
      sets: [...blobWrites(null, blob).sets, ...(refused ? [] : scanWrites(sha256, facts.nowMs))],
    });
  }
  const held = [`file:${id}`, `user:${file.ownerId}`, `blob:${sha256}`].some((hold) => facts.holds.has(hold));
  if (held) return found("Its bytes are gone, but a legal hold keeps it.", null);
  return found("Its bytes are gone.", {
    how: "removes the file",
    deletes: [
      keys.file(id),
      keys.fileOf(file.ownerId, id),
      keys.ref(sha256, id),
      ...facts.used.filter(({ fileId }) => fileId === id).map(({ key }) => key),
    ],
  });
}

function otherSize(file: FileRecord, { sizeBytes }: BlobRecord): Finding {
  return {
    kind: "wrong size",
    subject: file.id,
    what: `The file says ${file.sizeBytes} bytes, its blob ${sizeBytes}.`,
    mend: { how: "corrects the file", sets: [{ key: keys.file(file.id), value: { ...file, sizeBytes } }] },
  };
}

function withoutEnd({ id, createdMs }: FileRecord): Finding {
  return {
    kind: "file that never expires",
    subject: id,
    what: "Nothing will look whether it is still used (FI-7).",
    mend: {
      how: "has that looked at",
      sets: [
        fileJobSet({ dueMs: createdMs + limits.fileUnusedMs, job: { kind: "file_expire", fileId: id } }),
      ],
    },
  };
}

function* checkReferences({ files, refs, listed, used }: StorageFacts): Generator<Finding> {
  const gone = (kind: Finding["kind"], fileId: string, key: KvKey): Finding => ({
    kind,
    subject: fileId,
    what: `${key[0] as string} names a file that is not there.`,
    mend: { how: "removes the name", deletes: [key] },
  });
  const [referred, seen] = [new Set<string>(), new Set<string>()];
  for (const { sha256, fileId } of refs) {
    if (files.get(fileId)?.sha256 === sha256) referred.add(fileId);
    else yield gone("reference without file", fileId, keys.ref(sha256, fileId));
  }
  for (const { ownerId, fileId } of listed) {
    if (files.get(fileId)?.ownerId === ownerId) seen.add(fileId);
    else yield gone("reference without file", fileId, keys.fileOf(ownerId, fileId));
  }
  for (const { id, sha256, ownerId } of files.values()) {
    const missing = [
      ...(referred.has(id) ? [] : [keys.ref(sha256, id)]),
      ...(seen.has(id) ? [] : [keys.fileOf(ownerId, id)]),
    ];
    if (missing.length === 0) continue;
    yield {
      kind: "file without reference",
      subject: id,
      what: `The file is missing from ${missing.map(([name]) => String(name)).join(" and ")}.`,
      mend: { how: "adds it", sets: missing.map((key) => ({ key, value: 1 })) },
    };
  }
  for (const { fileId, key } of used) {
    if (!files.has(fileId)) yield gone("use without file", fileId, key);
  }
}

function* checkUsage({ files, usage }: StorageFacts): Generator<Finding> {
  const none: Usage = { bytes: 0, files: 0 };
  const sums = new Map<string, Usage>([...usage.keys()].map((ownerId) => [ownerId, none]));
  for (const { ownerId, sizeBytes } of files.values()) {
    const sum = sums.get(ownerId) ?? none;
    sums.set(ownerId, { bytes: sum.bytes + sizeBytes, files: sum.files + 1 });
  }
  for (const [ownerId, sum] of sums) {
    const said = usage.get(ownerId) ?? none;
    if (said.bytes === sum.bytes && said.files === sum.files) continue;
    yield {
      kind: "usage does not add up",
      subject: ownerId,
      what: `The account is said to hold ${said.bytes} bytes in ${said.files} files; ` +
        `it has ${sum.bytes} in ${sum.files}.`,
      mend: { how: "corrects it", sets: [{ key: keys.usage(ownerId), value: sum }] },
    };
  }
}
