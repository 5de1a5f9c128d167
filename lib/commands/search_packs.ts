import { limits } from "../protocol/limits.ts";
import { hasWords } from "./search_text.ts";

/**
 * The texts of neighbouring commands as searches compare them, in one record (DL-10): of one person's direct commands, or of all
 * broadcasts. Commands never change, so neither do packs. A pack only says where to look: who may see a command, and what of it,
 * is asked of the command itself.
 */
export interface SearchPack {
  /** It has every command with an id from `from` up to, without, `upTo`. An empty `from`: there are none before it. */
  from: string;
  upTo: string;
  /** Newest first. */
  ids: string[];
  /** One entry for each id, each ended by `entryEnd`. */
  text: string;
}

/** Whose packs: a person's, or those of broadcasts. */
export type PackOwner = { userId: string } | "broadcasts";

/** The packs in the store. */
export interface SearchPacks {
  /** The pack that has ids below a place (null: the newest), then those below it, one after the other. */
  below(owner: PackOwner, before: string | null): AsyncIterable<SearchPack>;
  save(owner: PackOwner, packs: readonly SearchPack[]): Promise<void>;
}

/** Never part of a text that is searched: a search has no control characters. */
const entryEnd = "\u0001";
/** A value of the store may have 64 KiB; ids and names come on top. */
const packBytes = 40 * 1024;

/** Packs of commands, newest first; together they reach from `from` up to `upTo`. */
export function packsOf(
  found: readonly { id: string; text: string }[],
  from: string,
  upTo: string,
): SearchPack[] {
  const packs: SearchPack[] = [];
  let pack: SearchPack = { from: upTo, upTo, ids: [], text: "" };
  let isWide = false;
  for (const { id, text } of found) {
    const entry = text.replaceAll(entryEnd, " ") + entryEnd;
    // The store writes a text with a character beyond Latin-1 with two bytes for each.
    // deno-lint-ignore no-control-regex -- the range of Latin-1
    const willBeWide: boolean = isWide || !/^[\u0000-\u00ff]*$/.test(entry);
    const bytes = (pack.text.length + entry.length) * (willBeWide ? 2 : 1);
    if (pack.ids.length > 0 && (bytes > packBytes || pack.ids.length >= limits.searchPack)) {
      packs.push(pack);
      pack = { from: pack.from, upTo: pack.from, ids: [], text: "" };
      isWide = false;
    } else isWide = willBeWide;
    pack.ids.push(id);
    pack.text += entry;
    pack.from = id;
  }
  return [...packs, { ...pack, from }];
}

/** Ids below `before` (null: all) whose texts have every word. */
export function idsIn({ ids, text }: SearchPack, before: string | null, words: readonly string[]): string[] {
  // Most packs have none: a look at the whole is enough.
  if (!hasWords(text, words)) return [];
  const entries = text.split(entryEnd);
  return ids.filter((id, at) => (before === null || id < before) && hasWords(entries[at] ?? "", words));
}
