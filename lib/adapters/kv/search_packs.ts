import type { PackOwner, SearchPack, SearchPacks } from "../../commands/ports.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey } from "./port.ts";
import type { Store } from "./store.ts";

/** Packs that are read at a time; each may have 40 KiB. */
const packsAtOnce = 8;
/** About how many bytes a pack has. */
const packBytes = 48 * 1024;

type PackValue = Omit<SearchPack, "upTo">;

/** The search index in Deno KV (DL-10). */
export interface KvSearchPacks extends SearchPacks {
  /** The key of the pack that has a command, if there is one. */
  keysOf(owner: PackOwner, commandId: string): Promise<KvKey[]>;
}

export function kvSearchPacks({ kv, committer }: Pick<Store, "kv" | "committer">): KvSearchPacks {
  const prefixOf = (owner: PackOwner) => keys.searchPacksOf(owner === "broadcasts" ? "" : owner.userId);

  /** The pack that reaches up to a place or beyond it. */
  async function across(prefix: KvKey, place: string): Promise<KvEntry<PackValue> | undefined> {
    const [entry] = await Array.fromAsync(
      kv.list<PackValue>({ prefix, start: [...prefix, place] }, { limit: 1 }),
    );
    return entry;
  }

  return {
    async *below(owner, before) {
      const prefix = prefixOf(owner);
      if (before !== null) {
        const first = await across(prefix, before);
        if (first !== undefined && first.value.from < before) yield packOf(first);
      }
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      for await (const entry of kv.list<PackValue>(selector, { reverse: true, batchSize: packsAtOnce })) {
        yield packOf(entry);
      }
    },

    async save(owner, packs) {
      const prefix = prefixOf(owner);
      for (const { upTo, ...value } of packs) {
        await committer.commit({ sets: [{ key: [...prefix, upTo], value }], valueBytes: packBytes });
      }
    },

    async keysOf(owner, commandId) {
      const entry = await across(prefixOf(owner), `${commandId}0`);
      return entry === undefined || entry.value.from > commandId ? [] : [[...entry.key]];
    },
  };
}

function packOf({ key, value }: KvEntry<PackValue>): SearchPack {
  return { ...value, upTo: key[2] as string };
}
