import { decide, withheldBy } from "../consent/mod.ts";
import { iso } from "../platform/mod.ts";
import { type CommandState, limits, type Totals } from "../protocol/mod.ts";
import { tellRecipient, tellSender } from "./notifications.ts";
import { isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, StateRecord, StoredState } from "./ports.ts";
import { moved, totalsOf } from "./views.ts";

/** How many states one step changes: with all their notes they fit into one commit of the store. */
const changesAtOnce = 32;

const noRelation = { contact: false, sharesGroup: false };

/** What happens to a direct command for all of its recipients: its time comes, its sender takes it back, it runs out. */
export class DirectMoves {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** CM-6. Those who are done with it stay as they are, and so do those for whom it ran out. */
  async cancel(record: CommandRecord, who: string): Promise<Totals> {
    // Its job may still have to come round.
    if (record.expiresMs <= this.#parts.clock.now()) await this.#expireOpen(record);
    await this.#close(record, "cancelled", "sender", () => true, who);
    return totalsOf((await this.#statesOf(record)).map((stored) => stored.record));
  }

  /** DL-6: ends it, and comes round again to purge it once every recipient's part has ended and was kept. */
  async expire(record: CommandRecord): Promise<void> {
    const { store, clock, retentionDays } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * 24 * 3600_000;
    await this.#expireOpen(record);
    const states = await this.#statesOf(record);
    const lastMs = Math.max(record.expiresMs, ...states.map(({ record }) => Date.parse(record.updatedAt)));
    const allClosed = states.every(({ record }) => isClosed(record.state));
    if (allClosed && now >= lastMs + keepMs) return await store.purge(record);
    // What a person took on is kept for as long as they work on it; the rest for two weeks of history.
    await store.addJobs([{
      dueMs: allClosed ? lastMs + keepMs : now + keepMs,
      job: { kind: "expire", commandId: record.command.id },
    }]);
  }

  /** CM-8: consent is decided now, as for a command that is sent now. */
  async release(record: CommandRecord): Promise<void> {
    const { store, people, consent, clock, bell } = this.#parts;
    const relations = await people.relationsOf(record.senderId, record.recipients);
    await this.#changeAll(record, async (stored) => {
      if (!mayMove(stored.record.state, "queued", "system", record.command.requires)) return null;
      // DL-7, and asked before consent like at a send.
      if (await store.inboxCountAfter(stored.userId, null) >= limits.inboxOpen) {
        return moved(stored.record, "failed", iso(clock.now()), { note: "The inbox was full." });
      }
      const standing = await consent.standing(stored.userId);
      const relation = relations.get(stored.userId) ?? noRelation;
      const decision = decide(standing, relation, record.command, clock.now());
      const next = moved(stored.record, "queued", iso(clock.now()));
      const rule = withheldBy(standing, relation, record.command);
      return rule !== null
        ? { ...next, withheldBy: rule }
        : { ...next, place: "first", allowedBy: decision.verdict === "deliver" ? decision.allowedBy : null };
    }, (changed) => {
      for (const { from } of changed) bell.ring(from.userId);
    });
  }

  /** FI-6: one of its files was rejected. Those who took it on stay as they are. */
  async fail(record: CommandRecord, note: string): Promise<void> {
    await this.#close(record, "failed", "system", (state) => waits(state), undefined, note);
  }

  async #expireOpen(record: CommandRecord): Promise<void> {
    await this.#close(record, "expired", "system", (state) => waits(state));
  }

  /** Ends some recipients' parts by the sender or the system. */
  async #close(
    record: CommandRecord,
    to: CommandState,
    by: Mover,
    which: (state: CommandState) => boolean,
    who?: string,
    note: string | null = null,
  ): Promise<void> {
    const at = iso(this.#parts.clock.now());
    await this.#changeAll(record, ({ record: state }) => {
      if (!which(state.state) || !mayMove(state.state, to, by, record.command.requires)) {
        return Promise.resolve(null);
      }
      const closed = moved(state, to, at, { note, ...(who === undefined ? {} : { who }) });
      return Promise.resolve({ ...closed, place: null });
    }, (changed) => {
      for (const { from, to } of changed) {
        // Nobody hears of a command whose time had not come.
        if (from.record.state !== "scheduled") tellRecipient(this.#parts, from, to);
      }
    });
  }

  /** Reads each recipient's state, asks for its next, and writes; what somebody else changed meanwhile is asked again. */
  async #changeAll(
    record: CommandRecord,
    next: (stored: StoredState) => Promise<StateRecord | null>,
    then: (changed: readonly Change[]) => void,
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
        if (changes.length > 0 && !await store.change(changes)) continue;
        then(changes);
        await tellSender(
          this.#parts,
          record,
          changes.map(({ from, to }) => ({ userId: from.userId, record: to })),
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
