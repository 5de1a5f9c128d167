import type { UploadRecord } from "../../files/ports.ts";
import type { Finding } from "./findings.ts";
import type { StorageFacts } from "./facts.ts";
import { sweptAway } from "./bytes.ts";
import { keys } from "../kv/keys.ts";

/** Checks staged uploads and their records (FI-2). */
export function* checkUploads(facts: StorageFacts): Generator<Finding> {
  for (const id of facts.staged.keys()) {
    const upload = facts.uploads.get(id);
    if (upload !== undefined && isOpen(upload)) continue;
    yield {
      kind: "bytes aside without upload",
      subject: id,
      what: "No upload will go on with these bytes.",
      server: sweptAway,
      mend: { how: "removes them", disk: { act: "unstage", id } },
    };
  }
  for (const upload of facts.uploads.values()) {
    if (!isOpen(upload) || hasBytes(facts, upload)) continue;
    const { id, ownerId, offsetBytes } = upload;
    yield {
      kind: "upload without bytes",
      subject: id,
      what: `${offsetBytes} bytes were promised to be safe; ${facts.staged.get(id) ?? "none"} are there.`,
      mend: {
        how: "ends the upload, so that it is begun again",
        deletes: [keys.upload(id), keys.uploadOf(ownerId, id)],
        disk: { act: "unstage", id },
      },
    };
  }
  yield* checkListed(facts);
}

function isOpen({ fileId, refused }: UploadRecord): boolean {
  return fileId === null && refused === null;
}

/** Whether the bytes before its offset are staged, or the blob is already kept. */
function hasBytes(
  { staged, onDisk }: StorageFacts,
  { id, offsetBytes, sizeBytes, finishing }: UploadRecord,
): boolean {
  const stagedBytes = staged.get(id);
  if (stagedBytes !== undefined) return stagedBytes >= offsetBytes;
  return finishing !== null && onDisk.get(finishing.sha256)?.sizeBytes === sizeBytes;
}

function* checkListed({ uploads, uploadsListed }: StorageFacts): Generator<Finding> {
  const right = new Set<string>();
  for (const { ownerId, uploadId } of uploadsListed) {
    const upload = uploads.get(uploadId);
    if (upload !== undefined && isOpen(upload) && upload.ownerId === ownerId) {
      right.add(uploadId);
      continue;
    }
    yield {
      kind: "upload not in its list",
      subject: uploadId,
      what: "It is listed as begun, and is not.",
      mend: { how: "removes it from the list", deletes: [keys.uploadOf(ownerId, uploadId)] },
    };
  }
  for (const upload of uploads.values()) {
    if (!isOpen(upload) || right.has(upload.id)) continue;
    yield {
      kind: "upload not in its list",
      subject: upload.id,
      what: "It is begun, and its owner does not see it.",
      mend: { how: "lists it", sets: [{ key: keys.uploadOf(upload.ownerId, upload.id), value: 1 }] },
    };
  }
}
