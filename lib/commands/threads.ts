import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { forRecipient } from "./views.ts";

/** A command, as far as people talk about it (CH-1). */
export interface Thread {
  commandId: string;
  title: string | null;
  senderId: string;
  categories: readonly string[];
  /** How its sender reaches a recipient, for consent; null: nobody talks about a command to a category or to everyone. */
  audience: { kind: "user" } | { kind: "group"; name: string } | null;
  /** Its recipients by name; empty for a group. */
  recipients: readonly string[];
  /** It was not released yet: nobody has it. */
  scheduled: boolean;
}

/**
 * What a person has of a command: `none`: it is not for them. `withheld`: they never get it. `waiting`: they do not have it yet.
 * `sealed`: they have not opened it (CO-2).
 */
export type Had = "none" | "withheld" | "waiting" | "sealed" | "open";

/** Tells the chat about commands. */
export class Threads {
  readonly #parts: Parts;
  readonly #states: RecipientStates;

  constructor(parts: Parts, states: RecipientStates) {
    this.#parts = parts;
    this.#states = states;
  }

  /** The commands that exist, by id. */
  async byIds(commandIds: readonly string[]): Promise<Map<string, Thread>> {
    const records = await this.#parts.store.commands(commandIds);
    const now = this.#parts.clock.now();
    return new Map([...records].map(([commandId, record]) => [commandId, threadOf(record, now)]));
  }

  /** Whether a command was meant for the person, whatever their rules. */
  async isFor(userId: string, commandId: string): Promise<boolean> {
    const record = await this.#record(commandId);
    if (record === undefined) return false;
    if (record.cast === undefined) return record.recipients.includes(userId);
    const { broadcasts, people } = this.#parts;
    return broadcasts.isFor(userId, record, await people.membershipsOf(userId));
  }

  async had(userId: string, commandId: string): Promise<Had> {
    const record = await this.#record(commandId);
    if (record === undefined) return "none";
    const stored = await this.#states.of(userId, record);
    if (stored === null) return "none";
    const { withheldBy, deliveredAt, place, state } = stored.record;
    if (withheldBy !== null) return "withheld";
    if (await this.#states.known(userId, record) === null) {
      const waits = deliveredAt === null && (state === "scheduled" || (state === "queued" && place !== null));
      return waits ? "waiting" : "withheld";
    }
    const rules = await this.#parts.consent.rulesOf(userId);
    const shown = forRecipient(record.command, stored.record, rules, this.#parts.clock.now());
    return "sealed" in shown ? "sealed" : "open";
  }

  async #record(commandId: string): Promise<CommandRecord | undefined> {
    return (await this.#parts.store.commands([commandId])).get(commandId);
  }
}

function threadOf({ command, senderId, recipients, cast }: CommandRecord, now: number): Thread {
  const { id, title, categories, deliverAt } = command;
  return {
    commandId: id,
    title,
    senderId,
    categories,
    audience: cast === undefined
      ? { kind: "user" }
      : cast.kind === "group" && cast.name !== null
      ? { kind: "group", name: cast.name }
      : null,
    recipients,
    scheduled: deliverAt !== null && Date.parse(deliverAt) > now,
  };
}
