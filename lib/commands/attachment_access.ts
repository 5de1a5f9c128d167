import type { FileState } from "../protocol/mod.ts";
import type { Moves } from "./transitions.ts";
import type { Parts } from "./parts.ts";
import { forRecipient } from "./views.ts";

/** What commands say of the files that they carry: who may read one, and what becomes of a command when one was checked. */
export class Carrying {
  readonly #parts: Parts;
  readonly #moves: Moves;

  constructor(parts: Parts, moves: Moves) {
    this.#parts = parts;
    this.#moves = moves;
  }

  /**
   * FI-5: the recipients of a command, once it was handed to them and is open; the sender, of what was handed in. Not after
   * the sender took it back, nor while it is sealed.
   */
  async mayRead(userId: string, by: string): Promise<boolean> {
    const [what, commandId = ""] = by.split(":");
    const record = (await this.#parts.store.commands([commandId])).get(commandId);
    if (record === undefined) return false;
    switch (what) {
      case "proof":
        return record.senderId === userId;
      case "command": {
        const known = await this.#moves.known(userId, record);
        if (known === null || known.record.state === "cancelled" || known.record.state === "failed") {
          return false;
        }
        const preferences = await this.#parts.consent.preferencesOf(userId);
        return !("sealed" in forRecipient(record.command, known.record, preferences));
      }
      default:
        return false;
    }
  }

  /** FI-6: a file's state changed. What waits for it goes on, or ends. */
  async changed(by: string, state: FileState): Promise<void> {
    const [what, commandId = ""] = by.split(":");
    if (what !== "command") return;
    switch (state) {
      case "clean":
        return await this.#moves.release(commandId);
      case "rejected":
        return await this.#moves.reject(commandId);
      case "scanning":
      case "held":
        return;
      default:
        return state satisfies never;
    }
  }
}
