import type { FileState } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { Transitions } from "./transitions.ts";
import { forRecipient } from "./views.ts";

/** Who may read a command's files (FI-5), and what happens to the command when a file was checked (FI-6). */
export class AttachmentAccess {
  readonly #parts: Parts;
  readonly #transitions: Transitions;

  constructor(parts: Parts, transitions: Transitions) {
    this.#parts = parts;
    this.#transitions = transitions;
  }

  /**
   * FI-5: recipients may read a command's files once they have it, unless it is sealed, cancelled or failed. The sender may
   * read what a recipient submitted.
   */
  async mayRead(userId: string, by: string): Promise<boolean> {
    const [what, commandId = ""] = by.split(":");
    const record = (await this.#parts.store.commands([commandId])).get(commandId);
    if (record === undefined) return false;
    switch (what) {
      case "proof":
        return record.senderId === userId;
      case "command": {
        const known = await this.#transitions.known(userId, record);
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

  /** FI-6: releases the command that waits for a file, or fails it. */
  async changed(by: string, state: FileState): Promise<void> {
    const [what, commandId = ""] = by.split(":");
    if (what !== "command") return;
    switch (state) {
      case "clean":
        return await this.#transitions.release(commandId);
      case "rejected":
        return await this.#transitions.reject(commandId);
      case "scanning":
      case "held":
        return;
      default:
        return state satisfies never;
    }
  }
}
