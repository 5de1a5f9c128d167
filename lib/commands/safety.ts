import { type Caller, isDiskFull, iso } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import { isClosed, mayMove } from "./lifecycle.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import { entriesAtOnce, OpenCommands } from "./open_commands.ts";
import type { Parts } from "./parts.ts";
import type { Change, DueJob, StateRecord, StoredState } from "./ports.ts";
import { remindAt } from "./reminders.ts";
import { StopSaving } from "./stop_saving.ts";
import { moved } from "./state_records.ts";

/** CO-6: Stop and Resume. Only the person can press either. */
export class Safety {
  readonly #parts: Parts;
  readonly #open: OpenCommands;
  /** How often each person pressed Stop here: a resume that began before the last press must not start deliveries. */
  readonly #presses = new Map<string, number>();
  /** Presses that are being written. */
  readonly #pressing = new Map<string, number>();
  /** Rises with each press here, and with each look at one of another process: only the newest look lets deliveries go on. */
  readonly #looks = new Map<string, number>();
  readonly #saving: StopSaving;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#open = new OpenCommands(parts);
    const { store, reserve, clock, log } = parts;
    this.#saving = new StopSaving({ store, reserve, clock, log, saved: (userId) => this.#saved(userId) });
  }

  /**
   * Nothing is delivered to the person from the call on. It resolves when the stop is on disk and every open command has
   * ended. After a crash in between, a job from the stop's own commit ends the rest at the next start. `unavailable`: the
   * person is stopped, but only in this process, as the store cannot be written; that is tried again.
   */
  async stop(caller: Caller): Promise<{ stopped: true; since: string } | Refusal> {
    const { bell, consent, clock, inFlight } = this.#parts;
    bell.freeze(caller.userId);
    consent.freeze(caller.userId);
    inFlight.forget(caller.userId);
    rise(this.#presses, caller.userId);
    rise(this.#looks, caller.userId);
    const pressedMs = clock.now();
    rise(this.#pressing, caller.userId);
    const stop = await this.#saving.save(caller.userId, pressedMs);
    fall(this.#pressing, caller.userId);
    const since = iso(stop?.sinceMs ?? this.#saving.unsavedSinceMs(caller.userId) ?? pressedMs);
    if (stop !== null) await this.#endAll(caller.userId, since);
    else bell.notify(caller.userId, "safety.changed", { stopped: true, since });
    if (stop === null) return new Refusal("unavailable", "stop.unsaved");
    return await this.#endedElsewhere(caller.userId) ? await this.stop(caller) : { stopped: true, since };
  }

  /** OP-7: whether a resume on another process, which began before the press or during it, took the stop for an older one. */
  async #endedElsewhere(userId: string): Promise<boolean> {
    const { store } = this.#parts;
    const isAlone = store.moment() !== undefined;
    return !isAlone && await store.stop(userId) === null;
  }

  /** Cancels the timer of stops that could not be written. */
  close(): void {
    this.#saving.close();
  }

  async #saved(userId: string): Promise<void> {
    const stop = await this.#parts.store.stop(userId);
    if (stop !== null) await this.#endAll(userId, iso(stop.sinceMs));
  }

  /** A stop is on disk: tells the person's devices, and ends every open command. */
  async #endAll(userId: string, since: string): Promise<void> {
    const { bell, consent, log } = this.#parts;
    consent.forget(userId);
    await bell.stoppedEverywhere(userId);
    bell.notify(userId, "safety.changed", { stopped: true, since });
    try {
      await this.#saving.withRoom(() => this.endOpen(userId));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // The stop holds; its job ends the rest when the disk has room.
      log.error("stop.not_ended", { user: userId, error: error as Error });
    }
  }

  /**
   * OP-7: another process wrote or ended a stop of the person. Nothing is delivered to them here from the call on; `goOn` is
   * called if the store has no stop of theirs, and nobody has pressed it here. `settled`: of the writes that began before.
   */
  async heard(userId: string, goOn: () => void, settled: () => Promise<void>): Promise<void> {
    const { consent, inFlight, store } = this.#parts;
    consent.freeze(userId);
    inFlight.forget(userId);
    const look = rise(this.#looks, userId);
    await settled();
    const stop = await store.stop(userId);
    consent.forget(userId);
    // A resume here that began before must not start deliveries.
    if (stop !== null) rise(this.#presses, userId);
    else if (this.#looks.get(userId) === look && !this.#pressing.has(userId) && !this.isUnsaved(userId)) {
      this.#looks.delete(userId);
      consent.thaw(userId);
      goOn();
    }
  }

  /** Starts deliveries again, and moves the deadlines of commands that came meanwhile by the time of the stop. */
  async resume(caller: Caller): Promise<{ stopped: false } | Refusal> {
    const { bell, store, consent, log, afterStop } = this.#parts;
    const presses = this.#presses.get(caller.userId);
    const stop = await store.stop(caller.userId);
    if (stop !== null) {
      await this.endOpen(caller.userId);
      await this.#thawDeadlines(caller.userId, stop.sinceMs);
      const cleared = await store.clearStop(caller.userId, stop.version);
      consent.forget(caller.userId);
      if (!cleared && await store.stop(caller.userId) !== null) return pressedAgain();
    }
    if (this.#presses.get(caller.userId) !== presses) return pressedAgain();
    this.#saving.forget(caller.userId);
    bell.thaw(caller.userId);
    consent.thaw(caller.userId);
    bell.notify(caller.userId, "safety.changed", { stopped: false, since: null });
    if (stop !== null) {
      afterStop?.(caller.userId, stop.sinceMs).catch((error) => log.error("stop.arrivals_failed", { error }));
    }
    return { stopped: false };
  }

  /** Whether the person's stop is in this process only, as the store cannot be written. */
  isUnsaved(userId: string): boolean {
    return this.#saving.unsavedSinceMs(userId) !== undefined;
  }

  async stoppedSince(userId: string): Promise<string | null> {
    const sinceMs = this.#saving.unsavedSinceMs(userId) ??
      (await this.#parts.consent.stopOf(userId))?.sinceMs;
    return sinceMs === undefined ? null : iso(sinceMs);
  }

  /**
   * Ends every command from before the stop; later ones wait. Withheld commands end with the others, with the same time and
   * notified in the order of their ids, so that senders cannot tell them apart (CO-3).
   */
  async endOpen(userId: string): Promise<void> {
    const { store } = this.#parts;
    const stop = await store.stop(userId);
    if (stop === null) return;
    const since = iso(stop.sinceMs);
    const ended: Change[] = [];
    await this.#open.eachBatch(userId, async (entries) => {
      const before = entries.filter(({ cursor }) => cursor < stop.versionstamp);
      ended.push(
        ...await this.#open.changeSome(userId, before, (record) => ofOwnLog(record, stopped(record, since))),
      );
      return before.length === entries.length;
    });
    const withheld = await this.#endWithheld(userId, stop.versionstamp, since);
    const broadcasts = await this.#open.changeBroadcasts(
      userId,
      stop.versionstamp,
      (record) => stopped(record, since),
    );
    const left = await this.#endLeft(userId, since);
    await this.#notify(
      [...ended, ...withheld, ...broadcasts, ...left].sort((a, b) =>
        a.from.commandId < b.from.commandId ? -1 : 1
      ),
    );
  }

  async #endWithheld(userId: string, before: string, since: string): Promise<Change[]> {
    const ended: Change[] = [];
    const next = (record: StateRecord) =>
      record.withheldBy === null || record.cast === true ? null : stopped(record, since);
    for (let upTo: string | null = null;;) {
      const states: StoredState[] = await this.#parts.store.history(userId, upTo, entriesAtOnce);
      // Records with a later version came after the stop.
      const open = states.filter(({ record, version }) => version! < before && next(record) !== null);
      ended.push(...await this.#open.changeSome(userId, open, next));
      if (states.length < entriesAtOnce) return ended;
      upTo = states.at(-1)!.commandId;
    }
  }

  /** Ends open commands of groups that the person has left: these are in no log of theirs. */
  async #endLeft(userId: string, since: string): Promise<Change[]> {
    const { store, broadcasts, people } = this.#parts;
    const ended: Change[] = [];
    const memberships = await people.membershipsOf(userId);
    for (let upTo: string | null = null;;) {
      const states: StoredState[] = await store.history(userId, upTo, entriesAtOnce);
      const held = states.filter(({ record }) => record.cast === true && !isClosed(record.state));
      const records = await store.commands(held.map(({ commandId }) => commandId));
      for (const record of records.values()) {
        while (!broadcasts.isFor(userId, record, memberships)) {
          const from = await broadcasts.stateOf(userId, record);
          const to = from === null ? null : stopped(from.record, since);
          if (from === null || to === null) break;
          if (!await store.change([{ from, to }])) continue;
          ended.push({ from, to });
          break;
        }
      }
      if (states.length < entriesAtOnce) return ended;
      upTo = states.at(-1)!.commandId;
    }
  }

  async #thawDeadlines(userId: string, sinceMs: number): Promise<void> {
    const now = this.#parts.clock.now();
    const thaw = (record: StateRecord): StateRecord | null => {
      // A command that came during the stop is frozen since it came.
      const fromMs = Math.max(sinceMs, Date.parse(record.updatedAt), record.frozenUntilMs ?? 0);
      if (now <= fromMs) return null;
      return { ...record, frozenMs: record.frozenMs + now - fromMs, frozenUntilMs: now };
    };
    const thawed: Change[] = [];
    await this.#open.eachBatch(userId, async (entries) => {
      thawed.push(
        ...await this.#open.changeSome(userId, entries, (record) => ofOwnLog(record, thaw(record))),
      );
      return true;
    });
    // Without a deadline there is nothing to write.
    thawed.push(
      ...await this.#open.changeBroadcasts(
        userId,
        null,
        (record, { dueAt }) => dueAt === null ? null : thaw(record),
      ),
    );
    await this.#remindLater(userId, thawed, now);
  }

  /** Plans reminders for the deadlines as they are now. */
  async #remindLater(userId: string, thawed: readonly Change[], now: number): Promise<void> {
    const { store } = this.#parts;
    const records = await store.commands(thawed.map(({ from }) => from.commandId));
    const later: DueJob[] = [];
    for (const { from: { commandId }, to } of thawed) {
      const dueAt = records.get(commandId)?.command.dueAt ?? null;
      const dueMs = dueAt === null ? 0 : Date.parse(dueAt) + to.frozenMs;
      if (dueMs > now) {
        later.push({ dueMs: remindAt(now, dueMs), job: { kind: "remind", commandId, userId } });
      }
    }
    if (later.length > 0) await store.addJobs(later);
  }

  async #notify(changes: readonly Change[]): Promise<void> {
    const records = await this.#parts.store.commands(changes.map(({ from }) => from.commandId));
    for (const { from, to } of changes) {
      notifyRecipient(this.#parts, from, to);
      const record = records.get(from.commandId);
      if (record !== undefined && to.uncounted !== true) {
        await notifySender(this.#parts, record, [{ userId: from.userId, record: to }]);
      }
    }
  }
}

function rise(counts: Map<string, number>, userId: string): number {
  const count = (counts.get(userId) ?? 0) + 1;
  counts.set(userId, count);
  return count;
}

function fall(counts: Map<string, number>, userId: string): void {
  const count = counts.get(userId)! - 1;
  if (count === 0) counts.delete(userId);
  else counts.set(userId, count);
}

/** CO-12: a broadcast with a place in the person's own log is changed with the other broadcasts. */
function ofOwnLog(before: StateRecord, next: StateRecord | null): StateRecord | null {
  return before.cast === true ? null : next;
}

/** Null when it has ended already. */
function stopped(record: StateRecord, since: string): StateRecord | null {
  if (!mayMove(record.state, "stopped", "system", "none")) return null;
  // A change while the stop was being written came before it.
  const at = record.updatedAt > since ? record.updatedAt : since;
  return { ...moved(record, "stopped", at), place: null };
}

function pressedAgain(): Refusal {
  return new Refusal("conflict", "stop.again");
}
