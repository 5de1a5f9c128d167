import type { Apart } from "./apart.ts";
import type { DeliveryDecisions, Open } from "./delivery_decisions.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Held } from "./ports.ts";

/** Commands that get a new place in one step. */
const placedAtOnce = 32;
/** States that are read at a time. */
const readAtOnce = 32;

/** Gives commands that are held apart a new place at the end of the log, once the person's rules let them go (CO-12). */
export class NewPlaces {
  readonly #parts: Parts;
  readonly #decisions: DeliveryDecisions;

  constructor(parts: Parts, decisions: DeliveryDecisions) {
    this.#parts = parts;
    this.#decisions = decisions;
  }

  /** Decided from the clock, so whenever a device reads. */
  async give(userId: string, apart: Apart): Promise<void> {
    let left = placedAtOnce;
    for (const held of apart.bySource()) {
      left -= await this.#giveSource(userId, held, apart, left);
      if (apart.more) break;
    }
    if (left < placedAtOnce) this.#parts.bell.ring(userId);
  }

  /** For the first commands of one source, up to the first that must still wait. Returns how many got a place. */
  async #giveSource(userId: string, held: readonly Held[], apart: Apart, most: number): Promise<number> {
    let given = 0;
    for await (const [{ commandId, passed }, open] of this.#open(userId, held)) {
      if (open === null) {
        apart.end(commandId);
        continue;
      }
      if (open.stored.record.place !== passed) continue;
      if (given === most) {
        apart.more = true;
        return given;
      }
      const decision = await this.#decisions.decideAtNewPlace(userId, open);
      if (decision.verdict === "hold") {
        apart.wait(decision.untilMs);
        return given;
      }
      if (decision.verdict === "withhold") apart.end(commandId);
      else given++;
    }
    return given;
  }

  /** Each with its state; null: it is not open any more, or in no log. */
  async *#open(userId: string, held: readonly Held[]): AsyncGenerator<[Held, Open | null]> {
    const { store } = this.#parts;
    for (let at = 0; at < held.length; at += readAtOnce) {
      const some = held.slice(at, at + readAtOnce);
      const ids = some.map(({ commandId }) => commandId);
      const [states, records] = await Promise.all([
        store.states(ids.map((commandId) => ({ userId, commandId }))),
        store.commands(ids),
      ]);
      for (const [index, one] of some.entries()) {
        const command = records.get(one.commandId);
        const known = states[index] ?? null;
        if (command === undefined) {
          yield [one, null];
          continue;
        }
        const stored = command.cast === undefined
          ? known
          : await this.#parts.broadcasts.current(userId, command, known);
        // DL-6: only what still waits expires; what the person accepted in time stays theirs.
        const isOpen = stored !== null && stored.record.place !== null && stored.record.withheldBy === null &&
          (command.expiresMs > this.#parts.clock.now() || !waits(stored.record.state));
        yield [one, isOpen ? { cursor: "", stored, command } : null];
      }
    }
  }
}
