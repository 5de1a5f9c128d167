import type { CommandStore } from "../../commands/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

/** How long an unused cursor is kept; after that the device starts again with every open command (DL-2). */
const cursorKeptMs = 90 * 24 * 3600_000;
/** Cursors in one write, and the bytes of one. */
const cursorsAtOnce = 100;
const cursorBytes = 64;

interface Moved {
  userId: string;
  device: string;
  cursor: string;
}

/** Devices' cursors in Deno KV. */
export function kvCursors(
  { kv, committer, exclusive }: Store,
): Pick<CommandStore, "cursor" | "cursors" | "saveCursors"> {
  // A device that comes back costs no read.
  const remembered = new Remembered<string | null>(exclusive ? limits.relationsCached : 0);

  async function saveSome(moved: readonly Moved[]): Promise<void> {
    try {
      await committer.commit({
        sets: moved.map(({ userId, device, cursor }) => ({
          key: keys.cursor(userId, device),
          value: cursor,
          expireIn: cursorKeptMs,
        })),
        valueBytes: moved.length * cursorBytes,
      });
    } finally {
      // Also after a failure: it may have been written.
      for (const one of moved) remembered.forget(nameOf(one));
    }
    for (const one of moved) remembered.keep(nameOf(one), one.cursor, remembered.moment);
  }

  return {
    async cursor(userId, device) {
      const name = nameOf({ userId, device });
      const known = remembered.get(name);
      if (known !== undefined) return known;
      const { moment } = remembered;
      const { value } = await kv.get<string>(keys.cursor(userId, device));
      remembered.keep(name, value, moment);
      return value;
    },

    async cursors(userId) {
      const found: string[] = [];
      for await (const { value } of kv.list<string>({ prefix: keys.cursorsOf(userId) })) found.push(value);
      return found;
    },

    async saveCursors(moved) {
      const saves: Promise<void>[] = [];
      for (let at = 0; at < moved.length; at += cursorsAtOnce) {
        saves.push(saveSome(moved.slice(at, at + cursorsAtOnce)));
      }
      await Promise.all(saves);
    },
  };
}

function nameOf({ userId, device }: Pick<Moved, "userId" | "device">): string {
  return `${userId} ${device}`;
}
