import { decide, stranger, withheldBy } from "../consent/mod.ts";
import { type Caller, iso } from "../platform/mod.ts";
import { type CommandState, type Totals } from "../protocol/mod.ts";
import { usesBy } from "./attachments.ts";
import { isOfEdition } from "./editing.ts";
import { isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, Note, StateRecord, StoredState } from "./ports.ts";
import { moved } from "./state_records.ts";
import { totalsOf } from "./views.ts";

/** Most states that one commit changes; with all their notes they fit into it. */
const changesAtOnce = 32;

/** Releases, cancels, expires and fails a direct command for all of its recipients. */
export class DirectTransitions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** CM-6. Closed records stay as they are, expired ones included. */
  async cancel(record: CommandRecord, by: Caller): Promise<Totals> {
    // Its job may not have run yet.
    if (record.expiresMs <= this.#parts.clock.now()) await this.#expireOpen(record);
    await this.#close(record, "cancelled", "sender", () => true, by);
    return totalsOf((await this.#statesOf(record)).map((stored) => stored.record));
  }

  /** DL-6: expires it, and purges it two weeks after the last recipient is done. */
  async expire(record: CommandRecord): Promise<number | null> {
    const { store, files, clock, retentionDays } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * 24 * 3600_000;
    await this.#expireOpen(record);
    const states = await this.#statesOf(record);
    const endMs = endOf(record, states, now);
    // A command that someone accepted is kept until they finish; the rest for two weeks of history.
    const dueMs = (endMs ?? now) + keepMs;
    if (endMs === null || endMs > record.expiresMs) {
      // FI-7. While it is open, its files are kept until well after the next look.
      await files.keep(usesBy(record, states), endMs === null ? dueMs + keepMs : dueMs);
    }
    if (endMs === null || now < dueMs) return dueMs;
    await store.purge(record);
    return null;
  }

  async endMs(record: CommandRecord): Promise<number | null> {
    return endOf(record, await this.#statesOf(record), this.#parts.clock.now());
  }

  /** CM-8: decides consent now, as for a command that is sent now. */
  async release(record: CommandRecord): Promise<void> {
    const { people, consent, clock, bell } = this.#parts;
    const relations = await people.relationsOf(record.senderId, record.recipients);
    await this.#changeAll(record, async (stored) => {
      if (!mayMove(stored.record.state, "queued", "system", record.command.requires)) return null;
      if (!isOfEdition(record, stored.record)) return null;
      const standing = await consent.standing(stored.userId);
      const relation = relations.get(stored.userId) ?? stranger;
      const decision = decide(standing, relation, record.command, clock.now());
      const next = moved(stored.record, "queued", iso(clock.now()));
      const rule = withheldBy(standing, relation, record.command, clock.now());
      return rule !== null
        ? { ...next, withheldBy: rule }
        : { ...next, place: "first", allowedBy: decision.verdict === "deliver" ? decision.allowedBy : null };
    }, (changed) => {
      for (const { from } of changed) bell.ring(from.userId);
    });
  }

  /** FI-6: a file was rejected. People who accepted the command keep it. */
  async fail(record: CommandRecord, note: Note): Promise<void> {
    const which = (own: StateRecord) => waits(own.state) && isOfEdition(record, own);
    await this.#close(record, "failed", "system", which, undefined, note);
  }

  async #expireOpen(record: CommandRecord): Promise<void> {
    const which = (own: StateRecord) => waits(own.state) && isOfEdition(record, own);
    await this.#close(record, "expired", "system", which);
  }

  /** Closes the records that `which` selects, by the sender or the system. */
  async #close(
    record: CommandRecord,
    to: CommandState,
    by: Mover,
    which: (own: StateRecord) => boolean,
    caller?: Caller,
    note: Note | null = null,
  ): Promise<void> {
    const at = iso(this.#parts.clock.now());
    await this.#changeAll(record, ({ record: state }) => {
      if (!which(state) || !mayMove(state.state, to, by, record.command.requires)) {
        // CM-13: what ended as a whole does not come back for one person who takes back an answer.
        const { undo, ...rest } = state;
        return Promise.resolve(undo === undefined ? null : rest);
      }
      const closed = moved(state, to, at, {
        note,
        ...(caller === undefined ? {} : { who: caller.username }),
      });
      return Promise.resolve({ ...closed, place: null });
    }, (changed) => {
      for (const { from, to } of changed) {
        // Recipients never heard of a scheduled one.
        if (from.record.state !== "scheduled") notifyRecipient(this.#parts, from, to);
      }
    }, caller?.requestId);
  }

  /** Reads each recipient's state, asks `next` for its successor, and writes it. Repeats when a record changed meanwhile. */
  async #changeAll(
    record: CommandRecord,
    next: (stored: StoredState) => Promise<StateRecord | null>,
    then: (changed: readonly Change[]) => void,
    requestId?: string,
  ): Promise<void> {
    const { store } = this.#parts;
    for (let at = 0; at < record.recipients.length; at += changesAtOnce) {
      const some = record.recipients.slice(at, at + changesAtOnce);
      while (true) {
        const states = await store.states(some.map((userId) => ({ userId, commandId: record.command.id })));
        const changes: Change[] = [];
        for (const from of states) {
          const to = from === null ? null : await next(from);
          if (from !== null && to !== null) changes.push({ from, to });
        }
        if (changes.length > 0 && !await store.change(changes, { requestId })) continue;
        const moves = changes.filter(({ from, to }) => from.record.state !== to.state);
        then(moves);
        await notifySender(
          this.#parts,
          record,
          moves.map(({ from, to }) => ({ userId: from.userId, record: to })),
        );
        break;
      }
    }
  }

  async #statesOf(record: CommandRecord): Promise<StoredState[]> {
    const states = await this.#parts.store.states(
      record.recipients.map((userId) => ({ userId, commandId: record.command.id })),
    );
    return states.filter((stored) => stored !== null);
  }
}

/** When the last recipient was done. Null while somebody is not; what only waits ends with the command's time. */
function endOf({ expiresMs }: CommandRecord, states: readonly StoredState[], nowMs: number): number | null {
  const isOpen = (state: CommandState) => !isClosed(state) && !(waits(state) && expiresMs <= nowMs);
  if (states.some(({ record }) => isOpen(record.state))) return null;
  return Math.max(expiresMs, ...states.map(({ record }) => Date.parse(record.updatedAt)));
}
