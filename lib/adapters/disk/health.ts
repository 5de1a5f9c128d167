import { statfs } from "node:fs/promises";
import type { HealthPort } from "../../platform/health.ts";
import { limits } from "../../protocol/mod.ts";

/** Checks that the data directory can be written and has free space. */
export function diskHealth(dataDir: string): HealthPort {
  return {
    name: "disk",
    async check() {
      const probe = `${dataDir}/.ready-${crypto.randomUUID()}`;
      try {
        await Deno.writeTextFile(probe, "ready\n", { createNew: true });
        await Deno.remove(probe);
      } catch (error) {
        return `the data directory cannot be written (${
          error instanceof Error ? error.name : String(error)
        })`;
      }
      const { bavail, bsize } = await statfs(dataDir);
      const freeBytes = bavail * bsize;
      if (freeBytes >= limits.diskFreeBytes) return null;
      return `${Math.floor(freeBytes / 2 ** 20)} MiB are free, at least ${
        limits.diskFreeBytes / 2 ** 20
      } are needed`;
    },
  };
}
