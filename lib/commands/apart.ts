import { sourceOf } from "../consent/mod.ts";
import type { Open } from "./delivery_decisions.ts";
import type { CommandRecord, Held } from "./ports.ts";

/**
 * The commands that a person's rules hold apart, during one read of their log. Each waits at the place at which devices passed
 * it. Once its rule lets it go it gets a new place, and it is held apart until a device reads it there.
 */
export class Apart {
  readonly #held: Map<string, Held>;
  readonly #added = new Map<string, Held>();
  readonly #ended: string[] = [];
  /** When one of them may go; null: when a rule changes, or a command closes. */
  untilMs: number | null = null;
  /** More of them may go now. */
  more = false;

  constructor(held: readonly Held[]) {
    this.#held = new Map(held.map((one) => [one.commandId, one]));
  }

  /** The commands of each source, oldest first; first the source with the oldest, so that a number that is shared goes to it. */
  bySource(): Iterable<Held[]> {
    return Map.groupBy(this.#held.values(), ({ source }) => source).values();
  }

  /** Whether a command still waits at the place at which it was passed. */
  waits({ command, stored: { record } }: Open): boolean {
    return this.#held.get(command.command.id)?.passed === record.place;
  }

  /** Whether an earlier command of its source is held apart (DL-5). */
  isBehind({ command }: Open): boolean {
    const source = heldSource(command);
    for (const one of this.#held.values()) {
      if (one.source === source && one.commandId < command.command.id) return true;
    }
    return false;
  }

  /** Devices pass a command from now on. */
  hold({ command, stored: { record } }: Open): void {
    const commandId = command.command.id;
    const one: Held = { commandId, source: heldSource(command), passed: record.place! };
    this.#held.set(commandId, one);
    this.#added.set(commandId, one);
  }

  /** A command was read at its new place, or has ended. */
  end(commandId: string): void {
    if (this.#held.delete(commandId) && !this.#added.delete(commandId)) this.#ended.push(commandId);
  }

  /** One of them may go at a time. */
  wait(untilMs: number | null): void {
    if (untilMs !== null) this.untilMs = Math.min(this.untilMs ?? Infinity, untilMs);
  }

  /** What this read changed. */
  get changes(): { set: Held[]; ended: string[] } {
    return { set: [...this.#added.values()], ended: this.#ended };
  }
}

/** One sender by one way: direct, to a group, or to many. Their commands keep their order. */
function heldSource({ command, senderId }: CommandRecord): string {
  return sourceOf(command) === null ? `broadcast:${senderId}` : `${sourceOf(command)} ${senderId}`;
}
