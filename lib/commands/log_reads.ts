import { type ChatEntry, type ChatLog, noChat } from "./chat_log.ts";
import type { Open } from "./delivery_decisions.ts";
import { isOfEdition } from "./editing.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, InboxEntry, StoredState } from "./ports.ts";

/** An entry of a person's log: a command, or a chat message. */
export type Entry = InboxEntry | ChatEntry;

export function isMessage(entry: Entry): entry is ChatEntry {
  return "messageId" in entry;
}

export function isCommand(entry: Entry): entry is InboxEntry {
  return !isMessage(entry);
}

/** Reads a person's log: their own entries, the broadcasts that are for them, and chat messages. What is delivered of it is decided elsewhere. */
export class LogReads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The room of the chat is made after this one. */
  get chat(): ChatLog {
    return this.#parts.chat?.() ?? noChat;
  }

  /** Merges the person's logs of commands and of messages, and the log of broadcasts. Places have one order in the whole store. */
  async after(userId: string, after: string | null, max: number): Promise<Entry[]> {
    // Each log grows while the others are read. What is read after an entry of another log was seen is complete up to that
    // entry. Later entries wait for the next read: their rings are still to come.
    const before = await this.#parts.broadcasts.after(userId, after, max);
    const messagesBefore = await this.chat.after(userId, after, max);
    const own = await this.#parts.store.inboxAfter(userId, after, max);
    if (own.length === 0 && messagesBefore.length === 0) return before;
    const upTo = [own, before, messagesBefore].map((entries) => entries.at(-1)?.cursor ?? "").sort().at(-1)!;
    const messages = await this.chat.after(userId, after, max);
    const broadcasts = await this.#parts.broadcasts.after(userId, after, max);
    const merged: Entry[] = [...own, ...[...messages, ...broadcasts].filter(({ cursor }) => cursor <= upTo)];
    return merged.sort((a, b) => a.cursor < b.cursor ? -1 : 1).slice(0, max);
  }

  /** Those of the first `most` broadcasts after a place that are open for the person. */
  async openBroadcasts(userId: string, after: string | null, most: number): Promise<InboxEntry[]> {
    const { broadcasts, store, consent, clock } = this.#parts;
    const entries = await broadcasts.after(userId, after, most);
    if (entries.length === 0) return entries;
    const [standing, states] = await Promise.all([
      consent.standing(userId),
      store.states(entries.map(({ commandId }) => ({ userId, commandId }))),
    ]);
    const now = clock.now();
    return entries.filter(({ record }, index) => {
      const known = states[index]?.record;
      if (record.expiresMs <= now && (known === undefined || waits(known.state))) return false;
      return known === undefined ? broadcasts.withheld(standing, record) === null : known.place === "cast";
    });
  }

  /** The commands of entries with their states, without expired ones. */
  async open(userId: string, all: readonly Entry[]): Promise<Open[]> {
    const { store, clock, editing } = this.#parts;
    const entries = all.filter(isCommand);
    const ids = entries.map(({ commandId }) => commandId);
    await editing.settled(ids);
    const [states, read] = await Promise.all([
      store.states(ids.map((commandId) => ({ userId, commandId }))),
      store.commands(ids),
    ]);
    const isOld = states.some((known) => {
      const record = known === null ? undefined : read.get(known.commandId);
      return record !== undefined && !isOfEdition(record, known!.record);
    });
    const records = isOld ? await store.commands(ids) : read;
    const now = clock.now();
    const found = await Promise.all(states.map((known, index) => {
      const command = records.get(entries[index]!.commandId);
      return command === undefined ? known : this.#withEnd(userId, command, known);
    }));
    return entries.flatMap(({ cursor, commandId }, index) => {
      const command = records.get(commandId);
      const known = found[index];
      const stored = known ??
        (command?.cast === undefined ? null : this.#parts.broadcasts.untouched(userId, command));
      if (stored === null || command === undefined || stored.record.place === null) return [];
      // CO-12: an earlier place of a command that has a new one.
      const { place } = stored.record;
      if (place !== cursor && !(place === "cast" && command.cast !== undefined)) return [];
      // DL-6: an expired command is delivered to nobody, even before its job has run.
      if (command.expiresMs <= now && waits(stored.record.state)) return [];
      return [{ cursor, stored, command }];
    });
  }

  /** A broadcast with a place in the person's own log does not leave it when the sender ends it for all, so its end is asked for. */
  async #withEnd(
    userId: string,
    command: CommandRecord,
    known: StoredState | null,
  ): Promise<StoredState | null> {
    if (known === null || command.cast === undefined || known.record.place === "cast") return known;
    return await this.#parts.broadcasts.current(userId, command, known);
  }
}
