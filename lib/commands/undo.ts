import { type Caller, iso } from "../platform/mod.ts";
import { limits, type Params, Refusal, type Result } from "../protocol/mod.ts";
import { isClosed, waits } from "./lifecycle.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { moved } from "./state_records.ts";
import { forRecipient, ownState, undoUntilMs } from "./views.ts";
import { webhookJobs } from "./webhook_jobs.ts";
import type { WholeTransitions } from "./whole_transitions.ts";

const noSuchCommand = () => new Refusal("not_found", "command.missing");
const tooLate = () => new Refusal("conflict", "command.undoLate");

/**
 * CM-13: takes back an answer or a send. The sender is told of an answer as it is given (CM-7), so they are told of what was
 * before when it is taken back; no trace of it stays.
 */
export class Undo {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #whole: (record: CommandRecord) => WholeTransitions;

  constructor(parts: Parts, states: RecipientStates, whole: (record: CommandRecord) => WholeTransitions) {
    this.#parts = parts;
    this.#states = states;
    this.#whole = whole;
  }

  /** Takes back the person's last answer. `conflict`: it is too late, or something has happened since. */
  async answer(caller: Caller, id: string): Promise<Result<"command.update"> | Refusal> {
    const { store, clock, consent, bell, ids } = this.#parts;
    const { userId } = caller;
    const record = (await store.commands([id])).get(id);
    if (record === undefined) return noSuchCommand();
    while (true) {
      const epoch = bell.epoch(userId);
      // What a Stop ends stays ended, also an answer that came before it (CO-6).
      if (await consent.stopOf(userId) !== null) return new Refusal("stopped", "command.undoStopped");
      const stored = await this.#states.known(userId, record);
      if (stored === null) return noSuchCommand();
      const now = clock.now();
      const untilMs = undoUntilMs(stored.record);
      if (untilMs === null || now >= untilMs) return tooLate();
      const to = restored(record, stored, iso(now));
      if (record.expiresMs <= now && waits(to.state)) return new Refusal("expired", "command.expired");
      const written = await store.change([{ from: stored, to }], {
        current: () => bell.epoch(userId) === epoch,
        jobs: webhookJobs(ids, record, userId, to, { back: true }),
        requestId: caller.requestId,
      });
      if (!written) continue;
      const command = forRecipient(record.command, to, await consent.rulesOf(userId), clock.now());
      notifyRecipient(this.#parts, stored, to, command);
      await notifySender(this.#parts, record, [{ userId, record: to }]);
      if (isClosed(stored.record.state)) bell.ring(userId);
      return { command, state: ownState(to, clock.now()) };
    }
  }

  /** Takes back a command that nobody was handed yet: it ends as if it had been cancelled. */
  async send(caller: Caller, { id }: Params<"command.undo">): Promise<Result<"command.undo"> | Refusal> {
    const { store, clock } = this.#parts;
    const record = (await store.commands([id])).get(id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    if (clock.now() >= Date.parse(record.command.createdAt) + limits.answerUndoMs) return tooLate();
    if (await this.#isHanded(record)) return new Refusal("conflict", "command.undoHanded");
    return { id, totals: await this.#whole(record).cancel(record, caller) };
  }

  /**
   * Whether it was delivered to somebody (DL-11). What the sender cannot see does not count, or the answer would tell a withheld
   * command from one that waits (CO-3).
   */
  async #isHanded({ cast, command: { id }, recipients }: CommandRecord): Promise<boolean> {
    const { store } = this.#parts;
    if (cast !== undefined) return Object.keys(await store.totals(id)).length > 0;
    const states = await store.states(recipients.map((userId) => ({ userId, commandId: id })));
    return states.some((stored) => stored !== null && stored.record.deliveredAt !== null);
  }
}

/** The record as it was before the answer, with what is true of it now whatever was answered. */
function restored({ cast }: CommandRecord, { record }: StoredState, at: string): StateRecord {
  const { before } = record.undo!;
  const isBack = before.state === "deferred" && before.until !== null && before.until <= at;
  // Whoever answered has it: from a page it may have been answered before its delivery was noted.
  const was = before.state === "queued" || isBack ? moved(before, "delivered", at) : before;
  const { deliveredAt, frozenMs, frozenUntilMs, allowedBy } = record;
  return {
    ...was,
    updatedAt: at,
    place: isClosed(record.state) ? placeAgain(before, cast !== undefined) : record.place,
    deliveredAt,
    allowedBy,
    frozenMs,
    ...(frozenUntilMs === undefined ? {} : { frozenUntilMs }),
  };
}

/** A command that had ended for the person is in their log again, at its end. */
function placeAgain({ place }: Pick<StateRecord, "place">, isBroadcast: boolean): StateRecord["place"] {
  if (place === null || (isBroadcast && place === "cast")) return place;
  return "first";
}
