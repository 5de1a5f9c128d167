import { createHash } from "node:crypto";
import type { BlobStore } from "../../files/ports.ts";
import type { BlobsOnDisk } from "../storage_check/facts.ts";

/** Progress of a re-hash. */
export interface RehashProgress {
  blobs: number;
  ofBlobs: number;
  bytes: number;
  ofBytes: number;
}

/** Reads every blob and compares its bytes with its name. Reports after each tenth of the bytes, and at the end. */
export async function rehash(
  blobs: Pick<BlobStore, "list" | "open">,
  tell: (progress: RehashProgress) => void,
): Promise<BlobsOnDisk> {
  const all = await Array.fromAsync(blobs.list());
  const ofBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const found = new Map<string, { sizeBytes: number; sound: boolean }>();
  let [bytes, told] = [0, 0];
  for (const { sha256, sizeBytes } of all) {
    const stream = await blobs.open(sha256);
    if (stream === null) continue;
    const hash = createHash("sha256");
    for await (const chunk of stream) {
      hash.update(chunk);
      bytes += chunk.length;
      const tenth = Math.floor(bytes / ofBytes * 10);
      if (tenth <= told || tenth >= 10) continue;
      told = tenth;
      tell({ blobs: found.size, ofBlobs: all.length, bytes, ofBytes });
    }
    found.set(sha256, { sizeBytes, sound: hash.digest("hex") === sha256 });
  }
  tell({ blobs: found.size, ofBlobs: all.length, bytes, ofBytes });
  return found;
}
