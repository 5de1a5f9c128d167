import { statfs } from "node:fs/promises";
import { diskSpace } from "./space.ts";
import type { HealthPort } from "../../platform/health.ts";
import { limits, type Message, say } from "../../protocol/mod.ts";

/** Checks that the data directory can be written and has free space. */
export function diskHealth(dataDir: string): HealthPort<Message> {
  return {
    name: "disk",
    async check() {
      const probe = `${dataDir}/.ready-${crypto.randomUUID()}`;
      try {
        await Deno.writeTextFile(probe, "ready\n", { createNew: true, mode: 0o600 });
        await Deno.remove(probe);
      } catch (error) {
        return say("health.unwritable", { name: error instanceof Error ? error.name : String(error) });
      }
      const { bavail, bsize } = await statfs(dataDir);
      const freeBytes = bavail * bsize;
      if (freeBytes >= limits.diskFreeBytes) return null;
      const [free, needed] = [Math.floor(freeBytes / 2 ** 20), limits.diskFreeBytes / 2 ** 20];
      return say("health.space", { free, needed });
    },
  };
}

/** From this part of the disk on, an operator should make room. */
const fullPart = 0.95;

/** Warns when most of the data directory's disk is in use. A file system that keeps no count of its blocks never warns. */
export function diskRoom(dataDir: string): HealthPort<Message> {
  return {
    name: "disk_room",
    async check() {
      const space = await diskSpace(dataDir);
      if (space === null) return null;
      const { usedBytes, freeBytes } = space;
      const part = usedBytes / (usedBytes + freeBytes);
      if (!(part >= fullPart)) return null;
      return say("health.diskRoom", {
        percent: Math.floor(part * 100),
        free: Math.floor(freeBytes / 2 ** 20),
      });
    },
  };
}
