import { type Decision, opensByItself } from "../consent/mod.ts";
import type { CommandState } from "../protocol/mod.ts";
import { type AlertVerdict, verdictOf } from "./alert_verdict.ts";
import type { ChatAlert } from "./chat_log.ts";
import { DeliveryDecisions, type Open } from "./delivery_decisions.ts";
import { isClosed, mayMove, waits } from "./lifecycle.ts";
import { isMessage, LogReads } from "./log_reads.ts";
import { type OptionButton, optionButtons } from "./option_buttons.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";

/** A command of which a person can be told (UI-12), without a word of it but `options`. */
export interface CommandAlert {
  commandId: string;
  kind: string;
  /** Username of its sender; name of the group that it was sent to. */
  from: string;
  group: string | null;
  expiresMs: number;
  /** What a notification can answer: never what would open a sealed command (CO-2). */
  actions: readonly ("accept" | "later" | "decline" | "stop")[];
  /** What a question offers as buttons to people who want its words on their screens: nothing of a sealed one. */
  options: readonly OptionButton[];
}

/** Part of a person's log, in order. */
export interface AlertPage {
  alerts: { cursor: string; command?: CommandAlert & AlertVerdict; chat?: ChatAlert & AlertVerdict }[];
  /** Place of the last entry that was read; null when there was none. */
  upTo: string | null;
  more: boolean;
}

/** States in which a person has not looked at a command yet, on any device. */
const untouched: ReadonlySet<CommandState> = new Set(["queued", "delivered"]);

/** UI-12: what a person can be told of now, on devices that show nothing themselves. Only reads: nothing is counted or delivered. */
export class Alerts {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #log: LogReads;
  readonly #decisions: DeliveryDecisions;

  constructor(parts: Parts, states: RecipientStates) {
    this.#parts = parts;
    this.#states = states;
    this.#log = new LogReads(parts);
    this.#decisions = new DeliveryDecisions(parts);
  }

  /** Up to `most` entries of the person's log after a place; null: from its beginning. */
  async after(userId: string, after: string | null, most: number): Promise<AlertPage> {
    const entries = await this.#log.after(userId, after, most);
    const page: AlertPage = {
      alerts: [],
      upTo: entries.at(-1)?.cursor ?? null,
      more: entries.length === most,
    };
    if (entries.length === 0) return page;
    const [opened, messages] = await Promise.all([
      this.#log.open(userId, entries),
      this.#log.chat.alerts(userId, entries.filter(isMessage)),
    ]);
    const commands = await this.#decided(userId, opened);
    for (const { cursor } of entries) {
      const command = commands.get(cursor);
      if (command !== undefined) page.alerts.push({ cursor, command });
      const chat = messages.get(cursor);
      if (chat !== undefined) page.alerts.push({ cursor, chat });
    }
    return page;
  }

  /** The same for commands by id, wherever they are in the log. Those that the person no longer has are left out. */
  async of(userId: string, commandIds: readonly string[]): Promise<Map<string, CommandAlert & AlertVerdict>> {
    return await this.#decided(userId, await this.#opened(userId, commandIds));
  }

  /** Whether to remind the person of these commands' deadlines now (CM-8). */
  async deadlines(
    userId: string,
    commandIds: readonly string[],
  ): Promise<Map<string, CommandAlert & AlertVerdict>> {
    const opened = await this.#opened(userId, commandIds);
    const known = opened.filter(({ stored: { record }, command }) =>
      command.command.dueAt !== null && record.deliveredAt !== null && record.state !== "submitted"
    );
    return await this.#decided(userId, known, (state) => !isClosed(state));
  }

  async #opened(userId: string, commandIds: readonly string[]): Promise<Open[]> {
    if (commandIds.length === 0) return [];
    const records = await this.#parts.store.commands(commandIds);
    const opened = await Promise.all([...records].map(async ([commandId, command]) => {
      const stored = await this.#states.of(userId, command);
      return stored === null ? [] : [{ cursor: commandId, stored, command }];
    }));
    return opened.flat();
  }

  /** By the cursor of each. */
  async #decided(
    userId: string,
    opened: readonly Open[],
    rings: (state: CommandState) => boolean = (state) => untouched.has(state),
  ): Promise<Map<string, CommandAlert & AlertVerdict>> {
    const found = new Map<string, CommandAlert & AlertVerdict>();
    if (opened.length === 0) return found;
    const { consent, clock } = this.#parts;
    const now = clock.now();
    const waiting = opened.filter((one) => isTold(one, now, rings));
    const standing = await consent.standingAtDelivery(userId);
    const decisions = await this.#decisions.peekAll(userId, waiting, standing);
    const newer = await this.#newerOfHeld(userId, waiting, decisions);
    if (newer !== null) return await this.#decided(userId, newer, rings);
    for (const [index, { cursor, stored, command }] of waiting.entries()) {
      const { state, opened } = stored.record;
      const sealed = !opened && !opensByItself(standing, command.command, now);
      found.set(cursor, {
        commandId: stored.commandId,
        kind: command.command.kind,
        from: command.command.from.username,
        group: command.cast?.kind === "group" ? command.cast.name : null,
        expiresMs: command.expiresMs,
        actions: actionsFor(state, sealed),
        options: sealed ? [] : optionButtons(command, state),
        ...verdictOf(decisions[index]!),
      });
    }
    return found;
  }

  /**
   * The commands with the states of now, if one that is held has changed since it was read. A delivery counts: when it comes between
   * the state and the numbers, the command would be held by itself. Null: nothing held has changed.
   */
  async #newerOfHeld(
    userId: string,
    read: readonly Open[],
    decisions: readonly Decision[],
  ): Promise<Open[] | null> {
    const held = read.filter((_one, index) => decisions[index]!.verdict === "hold");
    if (held.length === 0) return null;
    const states = await this.#parts.store.states(
      held.map(({ stored: { commandId } }) => ({ userId, commandId })),
    );
    const changed = new Map(
      held.flatMap((one, index) => {
        const now = states[index] ?? null;
        return (now?.version ?? null) === one.stored.version ? [] : [[one, now] as const];
      }),
    );
    if (changed.size === 0) return null;
    return read.flatMap((one) => {
      const now = changed.get(one);
      if (now === undefined) return [one];
      return now === null ? [] : [{ ...one, stored: now }];
    });
  }
}

function isTold(
  { stored, command }: { stored: StoredState; command: CommandRecord },
  now: number,
  rings: (state: CommandState) => boolean,
): boolean {
  const { state, withheldBy, place } = stored.record;
  if (withheldBy !== null || place === null || !rings(state)) return false;
  return command.expiresMs > now || !waits(state);
}

function actionsFor(state: CommandState, sealed: boolean): CommandAlert["actions"] {
  const can = (to: CommandState) => mayMove(state, to, "recipient", "none");
  return [
    ...can("accepted") && !sealed ? ["accept" as const] : [],
    ...can("deferred") ? ["later" as const] : [],
    ...can("declined") ? ["decline" as const] : [],
    "stop",
  ];
}
