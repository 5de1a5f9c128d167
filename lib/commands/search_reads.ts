import { firstIdAt } from "../platform/ids.ts";
import type { HistoryReads, Reading } from "./history_reads.ts";
import type { Parts } from "./parts.ts";
import { idsIn, type PackOwner, packsOf, type SearchPack } from "./search_packs.ts";
import { hasWords, keptSearchText } from "./search_text.ts";

/** Ids that one read of a range without packs has. */
const readAtOnce = 128;
/** Records that one step of a search reads where there are no packs. */
const readMost = 256;
/** A range of the newest commands becomes a pack from this many on, or each search would write one. */
const packLeast = 64;
/** Commands that one job puts into packs. */
const packedAtOnce = 4096;
/** A command this old has surely been committed: nothing comes between it and those before it. */
const settledMs = 10 * 60_000;

/** The part of one owner's commands that was searched. */
interface Searched {
  /** Newest first. */
  ids: string[];
  /** Where the next part starts; null at the end. */
  last: string | null;
  read: number;
  /** Those of them that no pack had. */
  unpacked: number;
}

/** A read of a range without packs. */
interface Range {
  found: { id: string; text: string }[];
  /** Everything from here up to the range's end was read; an empty id: there is nothing before. */
  from: string;
  read: number;
}

/**
 * DL-10: finds commands by their words. Texts come from packs where there are some, and from the commands themselves
 * elsewhere: what is newest, and what lost its pack as one of its commands was purged. So nothing is ever missing, and a send
 * writes nothing for it.
 */
export class SearchReads {
  readonly #parts: Parts;
  readonly #reads: HistoryReads;

  constructor(parts: Parts, reads: HistoryReads) {
    this.#parts = parts;
    this.#reads = reads;
  }

  /** Commands that may have every word, their state for the person included. The reader checks what they show. */
  of(userId: string, words: readonly string[]): Reading {
    return async (before, most) => {
      const [own, broadcasts] = await Promise.all([
        this.#search({ userId }, before, words, most),
        this.#search("broadcasts", before, words, most),
      ]);
      const from = [own.last, broadcasts.last].reduce((a, b) => a === null || (b !== null && b > a) ? b : a);
      const ids = [...own.ids, ...broadcasts.ids].filter((id) => from === null || id >= from);
      const states = await this.#reads.statesOf(userId, ids);
      if (this.#isUnpacked(own) || this.#isUnpacked(broadcasts)) await this.#index(userId);
      return { states, last: from, read: own.read + broadcasts.read };
    };
  }

  /** Puts the person's older commands and all broadcasts into packs. What one job may not do is left to a job of its own. */
  async fill(userId: string): Promise<void> {
    for (const owner of [{ userId }, "broadcasts"] as const) {
      let read = 0;
      for (let before: string | null = this.#settled(); read < packedAtOnce;) {
        const searched: Searched = await this.#search(owner, before, ["\u0001"], Infinity);
        read += searched.read;
        before = searched.last;
        if (before === null) break;
      }
      if (read >= packedAtOnce) return await this.#index(userId);
    }
  }

  async #search(
    owner: PackOwner,
    before: string | null,
    words: readonly string[],
    most: number,
  ): Promise<Searched> {
    const { search } = this.#parts.store;
    const ids: string[] = [];
    let [at, read, unpacked] = [before, 0, 0];
    const searched = (last: string | null): Searched => ({ ids, last, read, unpacked });
    /** Reads from the records what no pack has, down to a place. False: there is more than one step may read. */
    const readDown = async (to: string): Promise<boolean> => {
      while (at === null || at > to) {
        if (read >= readMost || ids.length >= most) return false;
        const range = await this.#range(owner, at, to);
        read += range.read;
        unpacked += range.read;
        for (const { id, text } of range.found) if (hasWords(text, words)) ids.push(id);
        await this.#pack(owner, range, at);
        at = range.from;
      }
      return true;
    };
    for await (const pack of search.below(owner, before)) {
      if (!await readDown(pack.upTo)) return searched(at);
      ids.push(...idsIn(pack, before, words));
      read++;
      at = pack.from;
      if (at === "") break;
      if (ids.length >= most) return searched(at);
    }
    return searched(await readDown("") ? null : at);
  }

  /** Older commands have no packs, and are more than one step reads: the next search need not read them all again. */
  #isUnpacked({ unpacked, last }: Searched): boolean {
    return unpacked >= readMost && last !== null && last < this.#settled();
  }

  /** The first id that may still get neighbours. */
  #settled(): string {
    return firstIdAt(this.#parts.clock.now() - settledMs);
  }

  async #index(userId: string): Promise<void> {
    const { store, clock } = this.#parts;
    await store.addJobs([{ dueMs: clock.now(), job: { kind: "index", userId } }]);
  }

  /** The newest commands of a range; it ends at `to`, or where enough was read. */
  async #range(owner: PackOwner, before: string | null, to: string): Promise<Range> {
    const { store } = this.#parts;
    let found: string[];
    let last: string | null;
    if (owner === "broadcasts") {
      const page = await store.broadcastIds(before, readAtOnce, true);
      [found, last] = [page.ids, page.last];
    } else {
      const states = await store.history(owner.userId, before, readAtOnce);
      found = states.filter(({ record }) => record.cast !== true).map(({ commandId }) => commandId);
      last = states.length < readAtOnce ? null : states.at(-1)!.commandId;
    }
    const ids = found.filter((id) => id >= to);
    const records = await store.commands(ids);
    return {
      found: ids.flatMap((id) => {
        const record = records.get(id);
        return record === undefined ? [] : [{ id, text: keptSearchText(record.command) }];
      }),
      from: last === null || last < to ? to : last,
      read: ids.length + 1,
    };
  }

  /** Keeps what was read as packs, also that there is nothing. Of the newest commands, only those that have settled. */
  async #pack(owner: PackOwner, { found, from }: Range, before: string | null): Promise<void> {
    const settled = this.#settled();
    if (before !== null && before <= settled) return await this.#save(owner, packsOf(found, from, before));
    const old = found.filter(({ id }) => id < settled);
    // An id is a text of fixed length: this is the first place behind it.
    if (old.length >= packLeast) await this.#save(owner, packsOf(old, from, `${old[0]!.id}0`));
  }

  async #save(owner: PackOwner, packs: readonly SearchPack[]): Promise<void> {
    await this.#parts.store.search.save(owner, packs);
  }
}
