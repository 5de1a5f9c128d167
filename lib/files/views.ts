import { iso } from "../platform/mod.ts";
import { type FileObject, type FileState, limits } from "../protocol/mod.ts";
import type { FileRecord, FileUse } from "./ports.ts";

/** FI-7: when the file goes unless something else uses it by then. */
export function expiryOf({ createdMs }: Pick<FileRecord, "createdMs">, uses: readonly FileUse[]): number {
  return uses.reduce((latest, { untilMs }) => Math.max(latest, untilMs), createdMs + limits.fileUnusedMs);
}

/** FI-4: a file as people see it. */
export function fileObjectOf(file: FileRecord, state: FileState, expiresMs: number): FileObject {
  const { id, sha256, name, sizeBytes, type, createdMs } = file;
  return {
    id,
    sha256,
    name,
    size: sizeBytes,
    type,
    state,
    createdAt: iso(createdMs),
    expiresAt: iso(expiresMs),
  };
}
