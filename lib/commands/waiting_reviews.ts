import type { Caller } from "../platform/mod.ts";
import { type CommandPage, limits, type ListItem } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import type { SentCommands } from "./sent_commands.ts";
import type { Hides } from "./views.ts";

interface Waiting {
  command: CommandRecord;
  /** The longest wait first. */
  states: StoredState[];
}

/** UI-9: submissions that wait for their sender's review. */
export class WaitingReviews {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #sent: SentCommands;

  constructor(parts: Parts, states: RecipientStates, sent: SentCommands) {
    this.#parts = parts;
    this.#states = states;
    this.#sent = sent;
  }

  /** How many there are, at most `limits.reviewsCounted`. */
  async count({ userId }: Caller): Promise<number> {
    const waiting = await this.#waiting(userId);
    return waiting.reduce((sum, { states }) => sum + states.length, 0);
  }

  /** Their commands with totals, and with those recipients only; the longest wait first. */
  async list(
    { userId }: Caller,
    { before, limit = limits.pageDefault }: { before?: string | undefined; limit?: number | undefined },
    hides: Hides,
  ): Promise<CommandPage> {
    const waiting = await this.#waiting(userId);
    const from = before === undefined
      ? 0
      : waiting.findIndex(({ command }) => command.command.id === before) + 1;
    const items: ListItem[] = [];
    let length = 0;
    for (const { command, states } of waiting.slice(from, from + limit)) {
      const [item] = await this.#sent.items([command], hides);
      const recipients = await this.#sent.recipients(states, hides);
      const one = { ...item!, recipients };
      length += JSON.stringify(one).length;
      if (items.length > 0 && length > limits.pageLength) break;
      items.push(one);
    }
    const isLast = from + items.length >= waiting.length;
    return { items, next: isLast ? null : items.at(-1)!.command.id };
  }

  /** The store may still have keys of a broadcast that was cancelled, so each state is looked at. */
  async #waiting(senderId: string): Promise<Waiting[]> {
    const { store } = this.#parts;
    const found = await store.submissions(senderId, limits.reviewsCounted);
    if (found.length === 0) return [];
    const records = await store.commands([...new Set(found.map(({ commandId }) => commandId))]);
    const states = await Promise.all(found.map(({ commandId, userId }) => {
      const record = records.get(commandId);
      return record === undefined ? null : this.#states.of(userId, record);
    }));
    const submitted = states.filter((stored) => stored !== null && stored.record.state === "submitted");
    const byCommand = Map.groupBy(submitted as StoredState[], ({ commandId }) => commandId);
    const since = ({ record }: StoredState) => record.updatedAt;
    return [...byCommand].map(([commandId, states]) => ({
      command: records.get(commandId)!,
      states: states.sort((a, b) => since(a) < since(b) ? -1 : 1),
    })).sort((a, b) => since(a.states[0]!) < since(b.states[0]!) ? -1 : 1);
  }
}
