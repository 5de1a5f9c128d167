import type { CommandRecord, StateRecord } from "./ports.ts";

/** CM-11: the commands that are being edited now. Reads that would hand one to somebody wait until its edit is over. */
export class Editing {
  readonly #running = new Map<string, Promise<void>>();

  /** Runs an edit after earlier ones of the same command. */
  async run<T>(commandId: string, edit: () => Promise<T>): Promise<T> {
    // Nothing is waited for between the look and the entry: no two begin together.
    while (this.#running.has(commandId)) await this.#running.get(commandId);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running.set(commandId, promise);
    try {
      return await edit();
    } finally {
      this.#running.delete(commandId);
      resolve();
    }
  }

  /** Resolves when none of these is being edited. Null: none is. */
  settled(commandIds: readonly string[]): Promise<void> | null {
    const isRunning = this.#running.size > 0 && commandIds.some((commandId) => this.#running.has(commandId));
    return isRunning ? this.#wait(commandIds) : null;
  }

  async #wait(commandIds: readonly string[]): Promise<void> {
    for (const commandId of commandIds) {
      while (this.#running.has(commandId)) await this.#running.get(commandId);
    }
  }
}

/** Whether a state is one of this edition of its command. If it is not, one of both was read too early. */
export function isOfEdition(
  { edition = 0, cast }: CommandRecord,
  state: Pick<StateRecord, "edition">,
): boolean {
  // A broadcast is edited before anybody has a state of it.
  return cast !== undefined || edition === (state.edition ?? 0);
}
