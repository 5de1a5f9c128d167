import { decide, withheldBy } from "../consent/mod.ts";
import { type Caller, iso } from "../platform/mod.ts";
import { type CommandState, limits, type Params, Refusal, type Result } from "../protocol/mod.ts";
import { tellRecipient, tellSender } from "./announce.ts";
import { CastMoves } from "./cast_moves.ts";
import { isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, DueJob, StateRecord, StoredState } from "./ports.ts";
import { forRecipient, moved, ownState, recipientState, totalsOf } from "./views.ts";

/** How many states one step changes: with all their notes they fit into one commit of the store. */
const changesAtOnce = 32;

const noRelation = { contact: false, sharesGroup: false };
const noSuchCommand = () => new Refusal("not_found", "There is no such command. It may have ended.");

/** Every change of a recipient's state after the first (CM-4 to CM-8). */
export class Moves {
  readonly #parts: Parts;
  readonly #casts: CastMoves;
  /** The last release under way: they go one by one in call order, which is the order in which they are due (DL-5). */
  #releasing: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#casts = new CastMoves(parts);
  }

  /** CM-5: the recipient's answer. A repeat of the state it has is fine. */
  async update(
    caller: Caller,
    params: Params<"command.update">,
  ): Promise<Result<"command.update"> | Refusal> {
    const { store, clock, consent } = this.#parts;
    const refused = checkUpdate(params, clock.now());
    if (refused !== null) return refused;
    const record = await this.#command(params.id);
    if (record === undefined) return noSuchCommand();
    while (true) {
      const stored = await this.#own(caller.userId, record);
      if (stored === null || !await this.#isKnown(stored, record)) return noSuchCommand();
      const repeat = stored.record.state === params.state && params.state !== "deferred";
      const to = repeat ? stored.record : this.#answered(caller, stored.record, record, params);
      if (to instanceof Refusal) return to;
      if (!repeat && !await store.change([{ from: stored, to }], { jobs: deferral(caller.userId, params) })) {
        continue;
      }
      // Read now: they may have been changed while this was written (CO-2).
      const command = forRecipient(record.command, to, await consent.preferencesOf(caller.userId));
      if (repeat) return { command, state: ownState(to) };
      tellRecipient(this.#parts, stored, to, command);
      await tellSender(this.#parts, record, [{ userId: caller.userId, record: to }]);
      return { command, state: ownState(to) };
    }
  }

  /** A person's state, that of a cast included of which nothing was written so far. */
  async #own(userId: string, record: CommandRecord): Promise<StoredState | null> {
    if (record.cast !== undefined) return await this.#parts.casts.stateOf(userId, record);
    const [stored] = await this.#parts.store.states([{ userId, commandId: record.command.id }]);
    return stored ?? null;
  }

  /**
   * Whether the recipient may know of the command at all. What was handed over and not acknowledged yet is known too; as
   * nothing tells it from what still waits, the rules must let it through now.
   */
  async #isKnown({ userId, record }: StoredState, command: CommandRecord): Promise<boolean> {
    const { withheldBy, state, deliveredAt, place } = record;
    if (withheldBy !== null || state === "scheduled") return false;
    if (deliveredAt !== null) return true;
    if (state !== "queued" || place === null) return false;
    const { consent, people, casts, clock } = this.#parts;
    if (command.cast !== undefined && !casts.isFor(userId, command, await people.membershipsOf(userId))) {
      return false;
    }
    const standing = await consent.standing(userId);
    const decision = command.cast !== undefined ? casts.decide(standing, command, clock.now()) : decide(
      standing,
      (await people.relationsOf(userId, [command.senderId])).get(command.senderId) ?? noRelation,
      command.command,
      clock.now(),
    );
    // What counts against a daily limit may be the last that it let through.
    return decision.verdict === "deliver" || (decision.verdict === "hold" && decision.rule === "daily_limit");
  }

  #answered(
    caller: Caller,
    record: StateRecord,
    { command, expiresMs }: CommandRecord,
    { state, note, until }: Params<"command.update">,
  ): StateRecord | Refusal {
    const now = this.#parts.clock.now();
    // Nor can what was taken on be put off beyond its time: then it would wait.
    if (expiresMs <= now && (waits(record.state) || waits(state))) {
      return new Refusal("expired", "This command has expired.");
    }
    if (!mayMove(record.state, state, "recipient", command.requires) && record.state !== state) {
      return new Refusal(
        "conflict",
        `A command that is ${record.state} and requires ${command.requires} cannot be set to ${state}.`,
      );
    }
    const at = iso(now);
    const to = moved(record, state, at, { who: caller.username, note: note ?? null, until: until ?? null });
    return { ...to, deliveredAt: record.deliveredAt ?? at, place: isClosed(state) ? null : record.place };
  }

  /** CM-5: the sender's verdict on what was handed in. */
  async review(
    caller: Caller,
    params: Params<"command.review">,
  ): Promise<Result<"command.review"> | Refusal> {
    const { store, people, clock } = this.#parts;
    const record = await this.#command(params.id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    const person = (await people.byUsernames([params.recipient])).get(params.recipient);
    const own = person === undefined ? null : await this.#own(person.id, record);
    if (person === undefined || own === null || own.version === null) {
      return new Refusal("not_found", `"${params.recipient}" is not a recipient of this command.`);
    }
    const to: CommandState = params.accept ? "completed" : "returned";
    while (true) {
      const stored = await this.#own(person.id, record);
      if (stored === null) return noSuchCommand();
      if (record.command.requires !== "review" || !mayMove(stored.record.state, to, "sender", "review")) {
        return new Refusal("conflict", "There is nothing handed in to review.");
      }
      const next = moved(stored.record, to, iso(clock.now()), {
        who: caller.username,
        note: params.note ?? null,
      });
      // What stands beside a verdict is the sender's word, or nothing.
      next.note = params.note ?? null;
      if (isClosed(to)) next.place = null;
      if (!await store.change([{ from: stored, to: next }])) continue;
      tellRecipient(this.#parts, stored, next);
      await tellSender(this.#parts, record, [{ userId: person.id, record: next }]);
      return { recipient: recipientState(person, next) };
    }
  }

  /** CM-6: every open delivery ends; those that ended before stay as they are. */
  async cancel(
    caller: Caller,
    params: Params<"command.cancel">,
  ): Promise<Result<"command.cancel"> | Refusal> {
    const record = await this.#command(params.id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    if (record.cast !== undefined) return { id: params.id, totals: await this.#casts.cancel(record) };
    await this.#close(record, "cancelled", "sender", () => true, caller.username);
    const states = await this.#statesOf(record);
    return { id: params.id, totals: totalsOf(states.map((stored) => stored.record)) };
  }

  /** DL-6: its time is over. Comes round again to purge it once every recipient's part has ended and was kept. */
  async expire(commandId: string): Promise<void> {
    const record = await this.#command(commandId);
    if (record === undefined) return;
    const { store, clock, retentionDays } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * 24 * 3600_000;
    if (now < record.expiresMs) return;
    if (record.cast !== undefined) return await this.#casts.expire(record);
    await this.#close(record, "expired", "system", (state) => waits(state));
    const states = await this.#statesOf(record);
    const lastMs = Math.max(record.expiresMs, ...states.map(({ record }) => Date.parse(record.updatedAt)));
    const allClosed = states.every(({ record }) => isClosed(record.state));
    if (allClosed && now >= lastMs + keepMs) return await store.purge(record);
    // What a person took on is kept for as long as they work on it; the rest for two weeks of history.
    await store.addJobs([{
      dueMs: allClosed ? lastMs + keepMs : now + keepMs,
      job: { kind: "expire", commandId },
    }]);
  }

  /** CM-8: the time of delivery has come. Consent is decided now, as for a command that is sent now. */
  release(commandId: string): Promise<void> {
    const released = this.#releasing.then(() => this.#release(commandId));
    this.#releasing = released.catch(() => undefined);
    return released;
  }

  async #release(commandId: string): Promise<void> {
    const record = await this.#command(commandId);
    if (record === undefined) return;
    if (record.cast !== undefined) return await this.#casts.release(record);
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

  /** The end of a deferral: the command is as new again. */
  async undefer(userId: string, commandId: string): Promise<void> {
    const { store, clock } = this.#parts;
    const record = await this.#command(commandId);
    // What ran out meanwhile ends by its other job, which may be at work right now.
    if (record === undefined || record.expiresMs <= clock.now()) return;
    const stored = await this.#own(userId, record);
    if (stored?.record.state !== "deferred") return;
    // A later deferral has a job of its own.
    if (stored.record.until === null || Date.parse(stored.record.until) > clock.now()) return;
    const to = moved(stored.record, "delivered", iso(clock.now()));
    if (!await store.change([{ from: stored, to }])) return await this.undefer(userId, commandId);
    tellRecipient(this.#parts, stored, to);
    await tellSender(this.#parts, record, [{ userId, record: to }]);
  }

  /** Ends some recipients' parts by the sender or the system. */
  async #close(
    record: CommandRecord,
    to: CommandState,
    by: Mover,
    which: (state: CommandState) => boolean,
    who?: string,
  ): Promise<void> {
    const at = iso(this.#parts.clock.now());
    await this.#changeAll(record, ({ record: state }) => {
      if (!which(state.state) || !mayMove(state.state, to, by, record.command.requires)) {
        return Promise.resolve(null);
      }
      const closed = moved(state, to, at, who === undefined ? {} : { who });
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

  async #command(commandId: string): Promise<CommandRecord | undefined> {
    return (await this.#parts.store.commands([commandId])).get(commandId);
  }

  async #statesOf(record: CommandRecord): Promise<StoredState[]> {
    const states = await this.#parts.store.states(
      record.recipients.map((userId) => ({ userId, commandId: record.command.id })),
    );
    return states.filter((stored) => stored !== null);
  }
}

function checkUpdate({ state, until, proof }: Params<"command.update">, now: number): Refusal | null {
  if (until !== null && until !== undefined) {
    if (state !== "deferred") {
      return new Refusal("invalid_params", "until goes with the state deferred only.", {
        fields: { until: "leave it out unless state is deferred" },
      });
    }
    if (Date.parse(until) <= now) {
      return new Refusal("invalid_params", "until lies in the past.", {
        fields: { until: "must be later than now" },
      });
    }
  }
  if (proof !== undefined && proof.length > 0) {
    return new Refusal("not_found", "There is no such file of yours to hand in. Upload it first.");
  }
  return null;
}

function deferral(userId: string, { id, state, until }: Params<"command.update">): DueJob[] {
  if (state !== "deferred" || until === null || until === undefined) return [];
  return [{ dueMs: Date.parse(until), job: { kind: "undefer", userId, commandId: id } }];
}
