import type { CommandState } from "../protocol/commands.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";

/**
 * Remembers the commands that this device has shown its person, with their states (DL-3). One store per person and device. A
 * store that survives a restart of the client shows each command once across restarts too. A call that fails counts as a
 * failed handler: the command is not acknowledged.
 */
export interface SeenStore {
  /** Last known state of the command; undefined if it was never shown. */
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
    // Deleted first, so that the newest command is the last to be forgotten.
    this.#states.delete(id);
    this.#states.set(id, state);
    if (this.#states.size <= this.#size) return;
    const oldest = this.#states.keys().next();
    if (!oldest.done) this.#states.delete(oldest.value);
  }
}
