import type { FileCarrier } from "../platform/mod.ts";
import type { FileState } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { RecipientStates } from "./recipient_states.ts";
import type { Releases } from "./releases.ts";
import { forRecipient } from "./views.ts";

/** Who may read a command's files (FI-5), and what happens to the command when a file was checked (FI-6). */
export class AttachmentAccess {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #releases: Releases;

  constructor(parts: Parts, states: RecipientStates, releases: Releases) {
    this.#parts = parts;
    this.#states = states;
    this.#releases = releases;
  }

  /**
   * FI-5: recipients may read a command's files once they have it, unless it is sealed, cancelled or failed. The sender may
   * read what a recipient submitted.
   */
  async mayRead(userId: string, by: FileCarrier): Promise<boolean> {
    // Also for other carriers: the answer must take as long as the answer about a command.
    const commandId = "commandId" in by ? by.commandId : "";
    const record = (await this.#parts.store.commands([commandId])).get(commandId);
    if (record === undefined) return false;
    switch (by.kind) {
      case "proof":
        return record.senderId === userId;
      case "command": {
        const known = await this.#states.known(userId, record);
        if (known === null || known.record.state === "cancelled" || known.record.state === "failed") {
          return false;
        }
        const preferences = await this.#parts.consent.preferencesOf(userId);
        return !("sealed" in forRecipient(record.command, known.record, preferences));
      }
      case "avatar":
      case "unknown":
        return false;
      default:
        return by satisfies never;
    }
  }

  /** FI-6: releases the command that waits for a file, or fails it. */
  async changed(by: FileCarrier, state: FileState): Promise<void> {
    if (by.kind !== "command") return;
    switch (state) {
      case "clean":
        return await this.#releases.release(by.commandId);
      case "rejected":
        return await this.#releases.reject(by.commandId);
      case "scanning":
      case "held":
        return;
      default:
        return state satisfies never;
    }
  }
}
