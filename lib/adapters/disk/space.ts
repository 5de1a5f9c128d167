import { statfs } from "node:fs/promises";
import type { DiskSpace } from "../../moderation/mod.ts";

/** The disk of a directory; null when it cannot be looked at. */
export async function diskSpace(dataDir: string): Promise<DiskSpace | null> {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(dataDir);
    return { usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize };
  } catch {
    return null;
  }
}
