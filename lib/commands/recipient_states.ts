import { decide, stranger } from "../consent/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

/** Reads one person's state of a command, direct or broadcast. */
export class RecipientStates {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The person's state, or null if the command is not for them. A broadcast may have no record yet. */
  async of(userId: string, record: CommandRecord): Promise<StoredState | null> {
    if (record.cast !== undefined) return await this.#parts.broadcasts.stateOf(userId, record);
    const [stored] = await this.#parts.store.states([{ userId, commandId: record.command.id }]);
    return stored ?? null;
  }

  /** The person's state, or null when they may not know of the command. */
  async known(userId: string, record: CommandRecord): Promise<StoredState | null> {
    const stored = await this.of(userId, record);
    return stored !== null && await this.#isKnown(stored, record) ? stored : null;
  }

  /**
   * Whether the recipient may know of the command. A command in flight counts as known. The record does not tell it from
   * one that still waits, so consent must allow it now.
   */
  async #isKnown({ userId, record }: StoredState, command: CommandRecord): Promise<boolean> {
    const { withheldBy, state, deliveredAt, place, countedOn } = record;
    if (withheldBy !== null || state === "scheduled") return false;
    if (deliveredAt !== null) return true;
    if (state !== "queued" || place === null) return false;
    const { consent, people, broadcasts, clock } = this.#parts;
    if (
      command.cast !== undefined && !broadcasts.isFor(userId, command, await people.membershipsOf(userId))
    ) {
      return false;
    }
    const standing = await consent.standingAtDelivery(userId);
    const decision = command.cast !== undefined ? broadcasts.decide(standing, command, clock.now()) : decide(
      standing,
      (await people.relationsOf(userId, [command.senderId])).get(command.senderId) ?? stranger,
      command.command,
      clock.now(),
    );
    if (decision.verdict !== "hold") return decision.verdict === "deliver";
    // The command may be the last one that a number allowed.
    return decision.rule === "daily_limit" || (decision.rule === "open_limit" && countedOn !== null);
  }
}
