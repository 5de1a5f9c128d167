import type { BlobRecord, BlobStore } from "../files/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { ScanSubject } from "./ports.ts";

/** Returns a blob for the scanners; null when its bytes are missing. */
export async function subjectOf(
  { sha256, sizeBytes, type }: BlobRecord,
  blobs: Pick<BlobStore, "open">,
): Promise<ScanSubject | null> {
  const last = Math.min(sizeBytes, limits.sniffBytes) - 1;
  const bytes = last < 0 ? await blobs.open(sha256) : await blobs.open(sha256, { first: 0, last });
  if (bytes === null) return null;
  return {
    sha256,
    sizeBytes,
    type,
    head: await headOf(bytes),
    async open() {
      const all = await blobs.open(sha256);
      if (all === null) throw new Error("The bytes of a blob are gone while it is scanned.");
      return all;
    },
  };
}

async function headOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const head = new Uint8Array(limits.sniffBytes);
  let length = 0;
  for await (const chunk of bytes) {
    const part = chunk.subarray(0, head.length - length);
    head.set(part, length);
    length += part.length;
    if (length === head.length) break;
  }
  return head.subarray(0, length);
}
