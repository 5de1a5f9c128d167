import { type Caller, type FileCarrier, iso } from "../platform/mod.ts";
import {
  type Asks,
  asksOf,
  type CommandState,
  isFromServer,
  type Params,
  Refusal,
  type Result,
  say,
} from "../protocol/mod.ts";
import { answerFor, isSame, readAnswer, submits } from "./answers.ts";
import { attach, type Attached, carried, proofFiles } from "./attachments.ts";
import { isOfEdition } from "./editing.ts";
import { isClosed, mayMove, waits } from "./lifecycle.ts";
import { noteText } from "./notes.ts";
import { owedToRecipient, owedToSender } from "./notices.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, DueJob, StateRecord, StoredAnswer } from "./ports.ts";
import { missingWork, ownNote } from "./reviews.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { moved } from "./state_records.ts";
import { forRecipient, ownState, recipientState } from "./views.ts";
import { timerAnswer, timerEnd, withTimer } from "./timers.ts";
import { webhookJobs } from "./webhook_jobs.ts";
import type { WholeTransitions } from "./whole_transitions.ts";

const noSuchCommand = () => new Refusal("not_found", "command.missing");

/** Answers, reviews, cancelling and ends of deferrals (CM-4 to CM-8). */
export class Transitions {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #whole: (record: CommandRecord) => WholeTransitions;

  constructor(parts: Parts, states: RecipientStates, whole: (record: CommandRecord) => WholeTransitions) {
    this.#parts = parts;
    this.#states = states;
    this.#whole = whole;
  }

  /**
   * CM-5: the recipient's answer. Repeating the current state is allowed. `fromOutside`: a button of a notification gives it, which
   * opens nothing that is sealed now, whatever the command was when the person was told of it (CO-2, CM-11). `edition`: the one
   * that it answers.
   */
  async update(
    caller: Caller,
    params: Params<"command.update">,
    { fromOutside = false, edition }: { fromOutside?: boolean; edition?: number } = {},
  ): Promise<Result<"command.update"> | Refusal> {
    const { store, clock, consent, files, ids, notices } = this.#parts;
    const refused = checkUpdate(params, clock.now());
    if (refused !== null) return refused;
    while (true) {
      const record = await this.#command(params.id);
      if (record === undefined) return noSuchCommand();
      if (edition !== undefined && edition !== (record.edition ?? 0)) return noSuchCommand();
      if (isFromServer(record.command.from) && (params.note ?? "") !== "") {
        return new Refusal("invalid_params", "command.fromServer", { fields: { note: "field.nobodyReads" } });
      }
      const asks = asksOf(record.command);
      const stored = await this.#states.known(caller.userId, record);
      if (stored === null) return noSuchCommand();
      // CM-11: edited meanwhile.
      if (!isOfEdition(record, stored.record)) continue;
      if (fromOutside) {
        const seen = forRecipient(
          record.command,
          stored.record,
          await consent.rulesOf(caller.userId),
          clock.now(),
        );
        if ("sealed" in seen) return new Refusal("not_found", "push.ticket");
      }
      const answer = params.answer === undefined ? undefined : readAnswer(asks, params.answer);
      if (answer instanceof Refusal) return answer;
      const proof = await attach(files, caller, params.proof ?? [], "proof");
      if (proof instanceof Refusal) return proof;
      const repeat = isRepeat(stored.record, params, answer);
      const to = repeat
        ? stored.record
        : this.#answered(caller, stored.record, record, params, { proof, asks, answer });
      if (to instanceof Refusal) return to;
      const owed = repeat ? [] : owedToSender(this.#parts, record, caller.userId, to);
      const also = {
        jobs: [
          ...owed,
          ...deferral(caller.userId, params),
          ...timerEnd(caller.userId, params, asks, to),
          ...webhookJobs(ids, record, caller.userId, to),
        ],
        carries: carried(
          proof,
          { kind: "proof", commandId: params.id, userId: caller.userId },
          this.#keptUntil(record),
        ),
        requestId: caller.requestId,
      };
      if (!repeat && !await store.change([{ from: stored, to }], also)) continue;
      // Begun before anything else is read: the sender hears of what follows after this.
      const telling = repeat ? undefined : Promise.all([
        notifySender(this.#parts, record, [{ userId: caller.userId, record: to }]),
        notices.give(owed),
      ]);
      telling?.catch(() => undefined);
      await this.#keepProof(record, caller.userId, to);
      // Read now: they may have changed during the write (CO-2).
      const command = forRecipient(record.command, to, await consent.rulesOf(caller.userId), clock.now());
      if (repeat) return { command, state: ownState(to, clock.now()) };
      notifyRecipient(this.#parts, stored, to, command);
      await telling;
      return { command, state: ownState(to, clock.now()) };
    }
  }

  #answered(
    caller: Caller,
    record: StateRecord,
    { command, expiresMs }: CommandRecord,
    { state, note, until }: Params<"command.update">,
    given: { proof: Attached; asks: Asks | null; answer: StoredAnswer | undefined },
  ): StateRecord | Refusal {
    const now = this.#parts.clock.now();
    // An accepted command cannot be deferred after its time either: it would wait again.
    if (expiresMs <= now && (waits(record.state) || waits(state))) {
      return new Refusal("expired", "command.expired");
    }
    const again = state === "deferred" && record.state === state;
    if (!again && state === record.state) return new Refusal("conflict", "command.answered");
    if (!again && !mayMove(record.state, state, "recipient", command.requires)) {
      return new Refusal(
        "conflict",
        say("command.state", { state: record.state, requires: command.requires, next: state }),
      );
    }
    const { attachments } = given.proof;
    const proof = attachments.length === 0 ? record.proof : attachments;
    const answer = answerFor(state, record, given, now);
    if (answer instanceof Refusal) return answer;
    // What was returned had its note or files, which are still shown.
    const missing = record.state === "returned" ? null : missingWork({ state, note }, command.requires, {
      files: proof.length,
      answered: answer !== undefined,
    });
    if (missing !== null) return missing;
    const at = iso(now);
    const to = moved(record, state, at, {
      who: caller.username,
      note: note ?? null,
      until: until ?? null,
      proof: attachments,
    });
    const { undo: _, ...before } = record;
    return {
      ...withTimer(to, given.asks),
      ...(answer === undefined ? {} : { answer }),
      undo: { at, before },
      deliveredAt: record.deliveredAt ?? at,
      place: isClosed(state) ? null : record.place,
      proof,
    };
  }

  /** CM-5: the sender's review of a submission. */
  async review(
    caller: Caller,
    params: Params<"command.review">,
  ): Promise<Result<"command.review"> | Refusal> {
    const { store, people, clock, consent, notices } = this.#parts;
    const record = await this.#command(params.id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    const person = (await people.byUsernames([params.recipient])).get(params.recipient);
    const own = person === undefined ? null : await this.#states.of(person.id, record);
    if (person === undefined || own === null || own.version === null) {
      return new Refusal("not_found", say("command.recipient", { name: params.recipient }));
    }
    const to: CommandState = params.accept ? "completed" : "returned";
    const [ofRecipient, ofSender] = await Promise.all(
      [person.id, caller.userId].map((userId) => consent.textRules(userId)),
    );
    const withheld = ofRecipient!.hidesText(caller.username);
    while (true) {
      const stored = await this.#states.of(person.id, record);
      if (stored === null) return noSuchCommand();
      if (record.command.requires !== "review" || !mayMove(stored.record.state, to, "sender", "review")) {
        return new Refusal("conflict", "command.noReview");
      }
      const at = iso(clock.now());
      const note = params.note ?? null;
      const next = moved(stored.record, to, at, {
        who: caller.username,
        note,
        review: { accept: params.accept, note, at },
        withheld,
      });
      if (isClosed(to)) next.place = null;
      const owed = owedToRecipient(this.#parts, record, person.id, next);
      const also = { jobs: owed, requestId: caller.requestId };
      if (!await store.change([{ from: stored, to: next }], also)) continue;
      await this.#keepProof(record, person.id, next);
      notifyRecipient(this.#parts, stored, next);
      await Promise.all([
        notifySender(this.#parts, record, [{ userId: person.id, record: next }]),
        notices.give(owed),
      ]);
      return { recipient: recipientState(person, next, ofSender!.hidesText) };
    }
  }

  /** CM-6: cancels every open delivery. Closed ones stay as they are. */
  async cancel(
    caller: Caller,
    params: Params<"command.cancel">,
  ): Promise<Result<"command.cancel"> | Refusal> {
    const record = await this.#command(params.id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    return { id: params.id, totals: await this.#whole(record).cancel(record, caller) };
  }

  /** Ends a deferral: the command is delivered again. */
  async undefer(userId: string, commandId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const record = await this.#command(commandId);
    // An expired command is left to its other job, which may be running now.
    if (record === undefined || record.expiresMs <= clock.now()) return;
    const stored = await this.#states.of(userId, record);
    if (stored?.record.state !== "deferred") return;
    // A later deferral has its own job.
    if (stored.record.until === null || Date.parse(stored.record.until) > clock.now()) return;
    const to = moved(stored.record, "delivered", iso(clock.now()));
    if (!await store.change([{ from: stored, to }])) return await this.undefer(userId, commandId);
    notifyRecipient(this.#parts, stored, to);
    await this.#parts.bell.remind(userId, commandId, "later");
    await notifySender(this.#parts, record, [{ userId, record: to }]);
  }

  /** CM-9: submits what a timer asked for, once it has run. Proof the person still has to give. */
  async endTimer(userId: string, commandId: string): Promise<void> {
    const { store, clock, ids, notices } = this.#parts;
    const record = await this.#command(commandId);
    const asks = record === undefined ? null : asksOf(record.command);
    if (record === undefined || asks?.kind !== "timer" || record.command.requires === "proof") return;
    const stored = await this.#states.of(userId, record);
    if (stored?.record.state !== "accepted") return;
    // A timer that was started again has its own job.
    const answer = timerAnswer(asks, stored.record, clock.now());
    if (answer instanceof Refusal) return;
    const state = record.command.requires === "review" ? "submitted" : "completed";
    const to: StateRecord = { ...withTimer(moved(stored.record, state, iso(clock.now())), asks), answer };
    if (isClosed(state)) to.place = null;
    const owed = owedToSender(this.#parts, record, userId, to);
    const jobs = [...owed, ...webhookJobs(ids, record, userId, to)];
    if (!await store.change([{ from: stored, to }], { jobs })) return await this.endTimer(userId, commandId);
    notifyRecipient(this.#parts, stored, to);
    await Promise.all([
      notifySender(this.#parts, record, [{ userId, record: to }]),
      notices.give(owed),
    ]);
  }

  /** Proof is kept as long as the command, and for two weeks of history after it (FI-7). */
  #keptUntil({ expiresMs }: CommandRecord): number {
    const { clock, retentionDays } = this.#parts;
    return Math.max(expiresMs, clock.now()) + retentionDays * 24 * 3600_000;
  }

  /**
   * FI-7: keeps a person's proof for two weeks from the end of their part in a broadcast. A broadcast's expiry cannot do it, as it
   * cannot list the people who answered.
   */
  async #keepProof(record: CommandRecord, userId: string, own: StateRecord): Promise<void> {
    if (record.cast === undefined || !isClosed(own.state)) return;
    const by: FileCarrier = { kind: "proof", commandId: record.command.id, userId };
    await this.#parts.files.keep(proofFiles(own).map((fileId) => ({ fileId, by })), this.#keptUntil(record));
  }

  async #command(commandId: string): Promise<CommandRecord | undefined> {
    return (await this.#parts.store.commands([commandId])).get(commandId);
  }
}

function checkUpdate(
  { state, until, proof, answer }: Params<"command.update">,
  now: number,
): Refusal | null {
  if (until !== null && until !== undefined) {
    if (state !== "deferred") {
      return new Refusal("invalid_params", "command.until", {
        fields: { until: "field.onlyDeferred" },
      });
    }
    if (Date.parse(until) <= now) {
      return new Refusal("invalid_params", "command.untilPast", {
        fields: { until: "field.later" },
      });
    }
  }
  if (submits(state)) return null;
  if (proof !== undefined && proof.length > 0) {
    return new Refusal("invalid_params", "command.proof", {
      fields: { proof: "field.onlyProof" },
    });
  }
  return answer === undefined ? null : new Refusal("invalid_params", "command.answerState", {
    fields: { answer: "field.onlyAnswer" },
  });
}

/** Whether an update changes nothing: same state, and no new note, answer or proof. A deferral always has a new end. */
function isRepeat(
  record: StateRecord,
  { state, note, proof = [] }: Params<"command.update">,
  answer: StoredAnswer | undefined,
): boolean {
  return record.state === state && state !== "deferred" &&
    (answer === undefined || isSame(answer, record.answer)) &&
    (note === undefined || note === null || note === noteText(ownNote(record))) &&
    proof.every((fileId) => record.proof.some((handedIn) => handedIn.fileId === fileId));
}

function deferral(userId: string, { id, state, until }: Params<"command.update">): DueJob[] {
  if (state !== "deferred" || until === null || until === undefined) return [];
  return [{ dueMs: Date.parse(until), job: { kind: "undefer", userId, commandId: id } }];
}
