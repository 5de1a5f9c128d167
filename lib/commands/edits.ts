import { type Caller, iso, storyEvents } from "../platform/mod.ts";
import {
  type AudienceCounts,
  checked,
  type Command,
  type CommandDraft,
  commandDraft,
  limits,
  type Params,
  Refusal,
  type Result,
} from "../protocol/mod.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { carried } from "./attachments.ts";
import { changedDraft, isUnchanged } from "./changed_draft.ts";
import { countsOf } from "./checked_counts.ts";
import type { Checked, DraftCheck } from "./draft_check.ts";
import { commandOf, firstJobs, withoutContent } from "./new_command.ts";
import { notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, Editable, Person, StoredState } from "./ports.ts";
import { sentLine } from "./sent_line.ts";
import { firstRecord } from "./state_records.ts";

const dayMs = 24 * 3600_000;
/** Edits that a command's timeline tells: the last ones. */
const editsKept = 10;
/** An edit, with the draft that it makes of the command. */
interface Asked {
  caller: Caller;
  change: Params<"command.edit">;
  draft: CommandDraft;
}

const noSuchCommand = () => new Refusal("not_found", "command.missing");

/**
 * CM-11: changes a command that nobody was handed yet, in one commit with the check that this is so. Consent is decided as for a
 * command that is sent now, and nobody but its sender learns that it was another one before.
 *
 * What its sender is told never tells a withheld command from one that waits (CO-3): both can be edited. Who is refused learns that
 * somebody was handed it, which its state says a moment later.
 */
export class Edits {
  readonly #parts: Parts;
  readonly #drafts: DraftCheck;
  readonly #acknowledgements: Acknowledgements;

  constructor(parts: Parts, drafts: DraftCheck, acknowledgements: Acknowledgements) {
    this.#parts = parts;
    this.#drafts = drafts;
    this.#acknowledgements = acknowledgements;
  }

  /** What the change makes of the command, for the gates; its audience is that of the command. */
  async draft(caller: Caller, change: Params<"command.edit">): Promise<CommandDraft | Refusal> {
    const record = (await this.#parts.store.commands([change.id])).get(change.id);
    if (record === undefined || record.senderId !== caller.userId) return noSuchCommand();
    return this.#draftOf(record, change, await this.#personsOf(record));
  }

  edit(caller: Caller, change: Params<"command.edit">): Promise<Result<"command.edit"> | Refusal> {
    return this.#parts.editing.run(change.id, async () => {
      for (let tries = 0; tries <= limits.writeTries; tries++) {
        const answer = await this.#try(caller, change);
        if (answer !== null) return answer;
      }
      return new Refusal("unavailable", "send.failed");
    });
  }

  /** Null: something changed meanwhile. */
  async #try(
    caller: Caller,
    change: Params<"command.edit">,
  ): Promise<Result<"command.edit"> | Refusal | null> {
    const { store, clock, retentionDays } = this.#parts;
    const from = await store.editable(change.id);
    if (from === null || from.record.senderId !== caller.userId) return noSuchCommand();
    const { record } = from;
    const persons = await this.#personsOf(record);
    const draft = this.#draftOf(record, change, persons);
    if (draft instanceof Refusal) return draft;
    if (isUnchanged(record, change, retentionDays)) return await this.#asItIs(caller, record, draft, persons);
    if (record.expiresMs <= clock.now()) return new Refusal("expired", "command.expired");
    return record.cast === undefined
      ? await this.#direct({ caller, change, draft }, from, persons)
      : await this.#broadcast({ caller, change, draft }, from);
  }

  /** The same change again gets the same answer, also once somebody has it. */
  async #asItIs(
    caller: Caller,
    record: CommandRecord,
    draft: CommandDraft,
    persons: Person[],
  ): Promise<Result<"command.edit"> | Refusal> {
    const asked = { ...draft, deliverAt: null, dueAt: null, expiresAt: null };
    const passed = await this.#drafts.checkAgain(caller, asked, persons);
    if (passed instanceof Refusal) return passed;
    return { command: record.command, audience: countsOf(this.#parts, caller, passed) };
  }

  async #direct(
    asked: Asked,
    from: Editable,
    persons: Person[],
  ): Promise<Result<"command.edit"> | Refusal | null> {
    const { store, bell } = this.#parts;
    const { caller, draft } = asked;
    const { recipients, command: { id } } = from.record;
    // What was read for a delivery before this is read again, and waits for the end of the edit.
    for (const userId of recipients) bell.consentChanged(userId);
    const epochs = recipients.map((userId) => bell.epoch(userId));
    const states = (await store.states(recipients.map((userId) => ({ userId, commandId: id }))))
      .filter((stored) => stored !== null);
    const handed = () => states.some((stored) => this.#isHanded(stored));
    if (states.length === 0 || handed() || await this.#ends(states)) {
      return new Refusal("conflict", "command.editHanded");
    }
    const passed = await this.#drafts.checkAgain(caller, draft, persons);
    if (passed instanceof Refusal) return passed;
    const to = this.#next(asked, from.record, passed);
    const changes = states.map((stored) => changeOf(stored, to, passed));
    const current = () => recipients.every((userId, at) => bell.epoch(userId) === epochs[at]) && !handed();
    if (!await this.#write(asked, from, to, passed, { changes, broadcast: null, current })) return null;
    for (const { from: { userId }, to } of changes) {
      bell.consentChanged(userId);
      if (to.place !== null) bell.ring(userId);
    }
    await notifySender(
      this.#parts,
      to,
      changes.map(({ from: { userId }, to }) => ({ userId, record: to })),
    );
    return this.#answer(caller, to.command, passed);
  }

  /** Only before its release: who was handed a broadcast is not known for each person (BR-4). */
  async #broadcast(
    asked: Asked,
    from: Editable,
  ): Promise<Result<"command.edit"> | Refusal | null> {
    const { store, totals } = this.#parts;
    const { caller, draft } = asked;
    const broadcast = await store.broadcast(from.record.command.id);
    if (broadcast?.state !== "scheduled") return new Refusal("conflict", "command.editBroadcast");
    const passed = await this.#drafts.checkAgain(caller, draft, []);
    if (passed instanceof Refusal) return passed;
    const next = this.#next(asked, from.record, passed);
    // One that waits no longer is released by its job at once.
    const command = { ...next.command, deliverAt: next.command.deliverAt ?? next.command.createdAt };
    const to: CommandRecord = { ...next, command, cast: passed.plan!.audience };
    const rest = { changes: [], broadcast, current: () => true };
    if (!await this.#write(asked, from, to, passed, rest)) return null;
    totals.touch(to);
    return this.#answer(caller, command, passed);
  }

  #next({ caller, change, draft }: Asked, record: CommandRecord, passed: Checked): CommandRecord {
    const { clock } = this.#parts;
    const before = record.command;
    // The draft has no deadline that has passed; such a one stays unless it is changed.
    const keepsDue = change.dueAt === undefined && draft.dueAt === null;
    const next = commandOf(caller, draft, passed, before.id, clock.now());
    const command = {
      ...next,
      createdAt: before.createdAt,
      // FI-6: one that waits for its files alone is due since it was sent.
      deliverAt: next.deliverAt === null || passed.times.deliverAt !== null
        ? next.deliverAt
        : before.createdAt,
      dueAt: keepsDue ? before.dueAt : passed.times.dueAt,
    };
    return {
      ...record,
      command,
      expiresMs: passed.times.expiresMs,
      edition: (record.edition ?? 0) + 1,
      editedAt: [...record.editedAt ?? [], iso(clock.now())].slice(-editsKept),
    };
  }

  async #write(
    { caller }: Asked,
    from: Editable,
    to: CommandRecord,
    passed: Checked,
    rest: Pick<Parameters<Parts["store"]["edit"]>[0], "broadcast" | "changes" | "current">,
  ): Promise<boolean> {
    const { store, files, clock, log, retentionDays } = this.#parts;
    const by = { kind: "command", commandId: to.command.id } as const;
    const carries = carried(passed.attached, by, to.expiresMs + retentionDays * dayMs);
    const jobs = firstJobs(to, retentionDays);
    const beganMs = clock.now();
    if (!await store.edit({ from, to, jobs, carries, ...rest })) return false;
    log.info(storyEvents.edited, sentLine(caller, to, { checked: passed, storedMs: clock.now() - beganMs }));
    const kept = new Set(to.command.attachments.map(({ fileId }) => fileId));
    const left = from.record.command.attachments.filter(({ fileId }) => !kept.has(fileId));
    await files.keep(left.map(({ fileId }) => ({ fileId, by })), clock.now());
    return true;
  }

  #answer(caller: Caller, command: Command, passed: Checked): { command: Command; audience: AudienceCounts } {
    return { command, audience: countsOf(this.#parts, caller, passed) };
  }

  /** Whether somebody was handed it, or it has ended for them, as far as this process knows. */
  #isHanded({ userId, commandId, record }: StoredState): boolean {
    const { bell, inFlight } = this.#parts;
    if (record.state !== "queued" && record.state !== "scheduled") return true;
    // It was counted for a delivery that is not acknowledged.
    if (record.deliveredAt !== null || record.countedOn !== null) return true;
    return bell.isOut(userId, commandId) || inFlight.wasLeft(userId, commandId) ||
      this.#acknowledgements.underWay(userId).includes(commandId);
  }

  /** Whether a Stop is about to end it for somebody (CO-6): what came before the Stop. */
  async #ends(states: readonly StoredState[]): Promise<boolean> {
    const { store, consent } = this.#parts;
    for (const { userId, record, version } of states) {
      if (await consent.stopOf(userId) === null) continue;
      const stop = await store.stop(userId);
      const since = record.withheldBy === null ? record.place : version;
      if (stop !== null && since !== null && since < stop.versionstamp) return true;
    }
    return false;
  }

  async #personsOf({ recipients, cast }: CommandRecord): Promise<Person[]> {
    if (cast !== undefined) return [];
    const persons = await this.#parts.people.byIds(recipients);
    return recipients.flatMap((userId) => persons.get(userId) ?? []);
  }

  #draftOf(
    record: CommandRecord,
    change: Params<"command.edit">,
    persons: readonly Person[],
  ): CommandDraft | Refusal {
    // Everybody whom it was for has left.
    if (record.cast === undefined && persons.length === 0) {
      return new Refusal("conflict", "command.editHanded");
    }
    const { clock, retentionDays } = this.#parts;
    const names = persons.map(({ username }) => username);
    const draft = checked(
      commandDraft,
      changedDraft(record, change, names, { now: clock.now(), retentionDays }),
    );
    return draft instanceof Refusal ? draft : withoutContent(draft) ?? draft;
  }
}

/** The state as it would be if the command were sent now; a time for which the person was stopped still counts (CO-6). */
function changeOf(from: StoredState, { command, edition }: CommandRecord, passed: Checked): Change {
  const found = passed.recipients.find(({ person }) => person.id === from.userId);
  const isScheduled = command.deliverAt !== null;
  const first = firstRecord(command, {
    allowedBy: found?.decision.verdict === "deliver" ? found.decision.allowedBy : null,
    withheldBy: isScheduled ? null : found?.rule ?? null,
  });
  const { frozenMs, frozenUntilMs } = from.record;
  const to = {
    ...first,
    frozenMs,
    ...(frozenUntilMs === undefined ? {} : { frozenUntilMs }),
    edition: edition!,
  };
  return { from, to };
}
