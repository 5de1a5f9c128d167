import { type Caller, iso } from "../platform/mod.ts";
import { tellRecipient, tellSender } from "./announce.ts";
import { mayMove } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Change, InboxEntry } from "./ports.ts";
import { moved } from "./views.ts";

/** Entries that one step closes or thaws. */
const entriesAtOnce = 50;

/** CO-6: one press that stops everything, and the way back that only the person has. */
export class Safety {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Nothing leaves for the person once this was called. It is answered when the stop is on disk and every command that was
   * open has ended; a crash in between ends the rest at the next start, by a job of the same commit as the stop.
   */
  async stop(caller: Caller): Promise<{ stopped: true; since: string }> {
    const { bell, store, consent, clock } = this.#parts;
    bell.freeze(caller.userId);
    const { sinceMs } = await store.setStop(caller.userId, clock.now());
    consent.forget(caller.userId);
    const since = iso(sinceMs);
    bell.notify(caller.userId, "safety.changed", { stopped: true, since });
    await this.endOpen(caller.userId);
    return { stopped: true, since };
  }

  /** Deliveries go on; deadlines of what came meanwhile are later by the time of the stop. */
  async resume(caller: Caller): Promise<{ stopped: false }> {
    const { bell, store, consent } = this.#parts;
    const stop = await store.stop(caller.userId);
    if (stop !== null) {
      await this.endOpen(caller.userId);
      await this.#thawDeadlines(caller.userId, stop.sinceMs);
      await store.clearStop(caller.userId);
      consent.forget(caller.userId);
    }
    bell.thaw(caller.userId);
    bell.notify(caller.userId, "safety.changed", { stopped: false, since: null });
    return { stopped: false };
  }

  async stoppedSince(userId: string): Promise<string | null> {
    const stop = await this.#parts.consent.stopOf(userId);
    return stop === null ? null : iso(stop.sinceMs);
  }

  /** Ends every command that was in the log before the stop. What came later waits. */
  async endOpen(userId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const stop = await store.stop(userId);
    if (stop === null) return;
    await this.#eachBatch(userId, async (entries) => {
      const before = entries.filter(({ cursor }) => cursor < stop.versionstamp);
      await this.#changeSome(userId, before, (change) => {
        const { record } = change.from;
        if (!mayMove(record.state, "stopped", "system", "none")) return null;
        return { ...moved(record, "stopped", iso(clock.now())), place: null };
      });
      return before.length === entries.length;
    });
  }

  async #thawDeadlines(userId: string, sinceMs: number): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#eachBatch(userId, async (entries) => {
      await this.#changeSome(userId, entries, ({ from: { record } }) => {
        const frozenMs = now - Math.max(sinceMs, Date.parse(record.createdAt));
        return frozenMs <= 0 ? null : { ...record, frozenMs: record.frozenMs + frozenMs };
      });
      return true;
    });
  }

  /** Walks the log; `work` says whether to go on. */
  async #eachBatch(userId: string, work: (entries: InboxEntry[]) => Promise<boolean>): Promise<void> {
    let after: string | null = null;
    while (true) {
      const entries: InboxEntry[] = await this.#parts.store.inboxAfter(userId, after, entriesAtOnce);
      if (entries.length === 0 || !await work(entries) || entries.length < entriesAtOnce) return;
      after = entries.at(-1)!.cursor;
    }
  }

  async #changeSome(
    userId: string,
    entries: readonly InboxEntry[],
    next: (change: Pick<Change, "from">) => Change["to"] | null,
  ): Promise<void> {
    const { store } = this.#parts;
    const wanted = entries.map(({ commandId }) => ({ userId, commandId }));
    while (wanted.length > 0) {
      const changes: Change[] = [];
      for (const from of await store.states(wanted)) {
        const to = from === null ? null : next({ from });
        if (from !== null && to !== null) changes.push({ from, to });
      }
      if (changes.length > 0 && !await store.change(changes)) continue;
      await this.#tell(changes.filter(({ from, to }) => from.record.state !== to.state));
      return;
    }
  }

  async #tell(changes: readonly Change[]): Promise<void> {
    const records = await this.#parts.store.commands(changes.map(({ from }) => from.commandId));
    for (const { from, to } of changes) {
      tellRecipient(this.#parts, from, to);
      const record = records.get(from.commandId);
      if (record !== undefined) await tellSender(this.#parts, record, [{ userId: from.userId, record: to }]);
    }
  }
}
