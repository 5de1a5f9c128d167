import type { FileCarrier } from "../platform/mod.ts";
import type { FileState } from "../protocol/mod.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import type { Releases } from "./releases.ts";
import { forRecipient } from "./views.ts";
import type { WholeTransitions } from "./whole_transitions.ts";

/** Who may read a command's files (FI-5), until when it needs them (FI-7), and what happens to the command when a file was checked (FI-6). */
export class AttachmentAccess {
  readonly #parts: Parts;
  readonly #states: RecipientStates;
  readonly #releases: Releases;
  readonly #whole: (record: CommandRecord) => WholeTransitions;

  constructor(
    parts: Parts,
    states: RecipientStates,
    releases: Releases,
    whole: (record: CommandRecord) => WholeTransitions,
  ) {
    this.#parts = parts;
    this.#states = states;
    this.#releases = releases;
    this.#whole = whole;
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
        const rules = await this.#parts.consent.rulesOf(userId);
        return !("sealed" in forRecipient(record.command, known.record, rules, this.#parts.clock.now()));
      }
      case "avatar":
      case "chat":
      case "unknown":
        return false;
      default:
        return by satisfies never;
    }
  }

  /**
   * FI-7: until when a command or proof needs its files, in ms since 1970: two weeks after its end, and at least four weeks from
   * now while it is open. 0 when the command is gone.
   */
  async neededUntil(by: FileCarrier): Promise<number> {
    if (!("commandId" in by)) return 0;
    const { store, clock, retentionDays } = this.#parts;
    const record = (await store.commands([by.commandId])).get(by.commandId);
    if (record === undefined) return 0;
    const keepMs = retentionDays * 24 * 3600_000;
    const endMs = by.kind === "proof" && record.cast !== undefined
      ? await this.#endFor(by.userId, record)
      : await this.#whole(record).endMs(record);
    return endMs === null ? clock.now() + 2 * keepMs : endMs + keepMs;
  }

  /** When one person was done with a broadcast, at the earliest `expiresMs`. Null while they are not. */
  async #endFor(userId: string, record: CommandRecord): Promise<number | null> {
    const own = (await this.#states.of(userId, record))?.record;
    if (own === undefined) return record.expiresMs;
    return isClosed(own.state) ? Math.max(record.expiresMs, Date.parse(own.updatedAt)) : null;
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
