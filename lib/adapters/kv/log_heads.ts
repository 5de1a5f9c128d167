import type { InboxEntry } from "../../commands/ports.ts";
import { BoundedMap } from "../../platform/mod.ts";

/** People whose entries are kept: those who have just connected, until they are delivered. */
const peopleKept = 2_000;

interface Head {
  after: string;
  entries: InboxEntry[];
  /** The log has no more than these. */
  complete: boolean;
}

/**
 * The entries that were read to count what waits for a device, for the reads that deliver them next. Only for a store that
 * belongs to this process. Writers must call `written` after an append: it discards what was read before. An entry that was
 * deleted meanwhile does no harm, as its command's state says that it is in no log.
 */
export class LogHeads {
  readonly #most: number;
  readonly #heads: BoundedMap<string, Head>;
  readonly #looks = new Map<string, symbol>();

  constructor(exclusive: boolean) {
    this.#most = exclusive ? peopleKept : 0;
    this.#heads = new BoundedMap(this.#most);
  }

  /** Must be called before a read; pass the result to `seen`. */
  look(userId: string): symbol {
    const look = Symbol();
    if (this.#most > 0) this.#looks.set(userId, look);
    return look;
  }

  /** Must be called after the read of what lies behind a place. */
  seen(userId: string, look: symbol, head: Head): void {
    if (this.#looks.get(userId) !== look) return;
    this.#looks.delete(userId);
    if (head.entries.length === 0) return;
    this.#heads.set(userId, head);
  }

  /** Up to `limit` entries behind a place; null if these are not all known. Forgets what lies before them. */
  take(userId: string, after: string, limit: number): InboxEntry[] | null {
    const head = this.#heads.get(userId);
    if (head === undefined || after < head.after) return null;
    const from = head.entries.findIndex(({ cursor }) => cursor > after);
    const left = from === -1 ? [] : head.entries.slice(from);
    if (left.length < limit && !head.complete) {
      this.#heads.delete(userId);
      return null;
    }
    if (left.length <= limit) this.#heads.delete(userId);
    else this.#heads.set(userId, { ...head, after, entries: left });
    return left.slice(0, limit);
  }

  written(userId: string): void {
    this.#heads.delete(userId);
    this.#looks.delete(userId);
  }
}
