import type { CommandState } from "../protocol/commands.ts";
import { limits } from "../protocol/limits.ts";

/**
 * Which commands this device has handed to its person, and in which state (DL-3). One store per person and device. Keep
 * it where it survives a restart of the client, and the person sees each command once across restarts too. A failing
 * call counts as a failed handler: nothing is acknowledged.
 */
export interface SeenStore {
  /** The state in which the command was last heard of, or undefined when it was never handed over. */
  get(id: string): CommandState | undefined | Promise<CommandState | undefined>;
  set(id: string, state: CommandState): void | Promise<void>;
}

/** Remembers the last `size` commands, in memory. */
export class MemorySeenStore implements SeenStore {
  readonly #states = new Map<string, CommandState>();
  readonly #size: number;

  constructor(size: number = limits.clientSeenIds) {
    this.#size = size;
  }

  get size(): number {
    return this.#states.size;
  }

  get(id: string): CommandState | undefined {
    return this.#states.get(id);
  }

  set(id: string, state: CommandState): void {
    // Deleted first so that what was heard of last is forgotten last.
    this.#states.delete(id);
    this.#states.set(id, state);
    if (this.#states.size <= this.#size) return;
    const oldest = this.#states.keys().next();
    if (!oldest.done) this.#states.delete(oldest.value);
  }
}
