import { ended } from "./broadcast_records.ts";
import type { Broadcasts } from "./broadcasts.ts";
import { isClosed } from "./lifecycle.ts";
import type { CommandRecord, CommandStore, StoredState } from "./ports.ts";
import type { StateWatcher } from "./watched_store.ts";

/** Commands that all books have together; the books that were used least lately go first. */
const rowsKept = 200_000;
/** Changes of one book that wait to be read. */
const changedKept = 20_000;
/** Entries and states of one read. */
const readAtOnce = 500;

/** A command of a person that has not ended for them, withheld ones apart. */
export interface OpenRow {
  command: CommandRecord;
  stored: StoredState;
}

interface Book {
  direct: Map<string, OpenRow>;
  /** Null: it is not for the person, or over. */
  broadcasts: Map<string, OpenRow | null>;
  /** Commands of which the store may say something else by now. */
  changed: Set<string>;
  /** The last refresh: they run one after the other. */
  turn: Promise<void>;
  started: boolean;
}

type Parts = { store: CommandStore; broadcasts: Pick<Broadcasts, "untouched"> };

/**
 * Each person's open commands, kept in memory so that the views and counts of an inbox (UI-9) read the store once however
 * long it is. Every write of a state is told to it (`watchedStore`). Where other processes write to the store, nothing is kept.
 */
export class OpenBooks implements StateWatcher {
  #parts: Parts | undefined;
  readonly #books = new Map<string, Book>();

  /** Called once, as the store tells its writes to this object. */
  begin(parts: Parts): void {
    this.#parts = parts;
  }

  changed(userId: string, commandId: string): void {
    const changed = this.#books.get(userId)?.changed.add(commandId);
    // Somebody who gets much and looks at no page: reading it all again costs no more.
    if (changed !== undefined && changed.size > changedKept) this.#books.delete(userId);
  }

  broadcastChanged(commandId: string): void {
    for (const book of this.#books.values()) book.changed.add(commandId);
  }

  /** The person's open commands as the store has them now, oldest first. Broadcasts may be for groups that they left. */
  async of(userId: string): Promise<OpenRow[]> {
    const { store } = this.#parts!;
    const isKept = store.moment() !== undefined;
    let book = isKept ? this.#books.get(userId) : undefined;
    book ??= {
      direct: new Map(),
      broadcasts: new Map(),
      changed: new Set(),
      turn: Promise.resolve(),
      started: false,
    };
    // Again at the end: the books in use are the last to go.
    this.#books.delete(userId);
    if (isKept) this.#books.set(userId, book);
    const using = book;
    const turn = using.turn.then(() => this.#refresh(userId, using));
    using.turn = turn.catch(() => undefined);
    await turn;
    this.#bound(userId);
    const rows = [...using.direct.values()];
    for (const row of using.broadcasts.values()) if (row !== null) rows.push(row);
    return rows.sort((a, b) => a.stored.commandId < b.stored.commandId ? -1 : 1);
  }

  async #refresh(userId: string, book: Book): Promise<void> {
    if (!book.started) {
      for (const commandId of await this.#log(userId)) book.changed.add(commandId);
      book.started = true;
    }
    const changed = [...book.changed];
    book.changed.clear();
    try {
      await this.#read(userId, book, changed);
      await this.#readBroadcasts(userId, book);
    } catch (error) {
      for (const commandId of changed) book.changed.add(commandId);
      throw error;
    }
  }

  /** The commands in the person's own log. */
  async #log(userId: string): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = null;;) {
      const entries = await this.#parts!.store.inboxAfter(userId, after, readAtOnce);
      for (const { commandId } of entries) found.push(commandId);
      if (entries.length < readAtOnce) return found;
      after = entries.at(-1)!.cursor;
    }
  }

  async #read(userId: string, book: Book, commandIds: readonly string[]): Promise<void> {
    const { store } = this.#parts!;
    for (let at = 0; at < commandIds.length; at += readAtOnce) {
      const some = commandIds.slice(at, at + readAtOnce);
      const [records, states] = await Promise.all([
        store.commands(some),
        store.states(some.map((commandId) => ({ userId, commandId }))),
      ]);
      for (const [index, commandId] of some.entries()) {
        const command = records.get(commandId);
        const stored = states[index];
        // Asked for below, with the others of their log.
        book.broadcasts.delete(commandId);
        if (command === undefined || command.cast !== undefined || !isRow(stored)) {
          book.direct.delete(commandId);
        } else book.direct.set(commandId, { command, stored });
      }
    }
  }

  async #readBroadcasts(userId: string, book: Book): Promise<void> {
    const { store, broadcasts } = this.#parts!;
    const ids: string[] = [];
    for (let after: string | null = null;;) {
      const entries = await store.broadcastsAfter(after, readAtOnce);
      for (const { commandId } of entries) ids.push(commandId);
      if (entries.length < readAtOnce) break;
      after = entries.at(-1)!.cursor;
    }
    const missing = ids.filter((commandId) => !book.broadcasts.has(commandId));
    if (book.broadcasts.size > ids.length - missing.length) {
      const inLog = new Set(ids);
      for (const commandId of book.broadcasts.keys()) {
        if (!inLog.has(commandId)) book.broadcasts.delete(commandId);
      }
    }
    for (let at = 0; at < missing.length; at += readAtOnce) {
      const some = missing.slice(at, at + readAtOnce);
      const [records, states, ends] = await Promise.all([
        store.commands(some),
        store.states(some.map((commandId) => ({ userId, commandId }))),
        Promise.all(some.map((commandId) => store.broadcast(commandId))),
      ]);
      for (const [index, commandId] of some.entries()) {
        const command = records.get(commandId);
        const end = ends[index] ?? null;
        const known = states[index] ??
          (command === undefined || end?.state !== "open" ? null : broadcasts.untouched(userId, command));
        const stored = known === null || isClosed(known.record.state)
          ? known
          : { ...known, record: ended(known.record, end) };
        const isOpen = command !== undefined && isRow(stored);
        book.broadcasts.set(commandId, isOpen ? { command, stored } : null);
      }
    }
  }

  #bound(userId: string): void {
    let rows = 0;
    for (const { direct, broadcasts } of this.#books.values()) rows += direct.size + broadcasts.size;
    for (const [oldest, { direct, broadcasts }] of this.#books) {
      if (rows <= rowsKept || oldest === userId) return;
      this.#books.delete(oldest);
      rows -= direct.size + broadcasts.size;
    }
  }
}

/** Whether a state is that of an open command which the person may have. */
function isRow(stored: StoredState | null | undefined): stored is StoredState {
  if (stored === null || stored === undefined) return false;
  const { state, withheldBy, place, deliveredAt } = stored.record;
  if (isClosed(state) || state === "scheduled" || withheldBy !== null) return false;
  return place !== null || deliveredAt !== null;
}
