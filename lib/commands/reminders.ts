import { iso } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { isClosed, waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";

/** When to remind of a deadline, in ms: an hour before it, or half-way to it if that is later. */
export function remindAt(fromMs: number, dueMs: number): number {
  return Math.max(dueMs - limits.remindBeforeMs, fromMs + (dueMs - fromMs) / 2);
}

/** CM-8: reminds people who are not done yet, where they are connected and on devices that can be told (UI-12). */
export class Reminders {
  readonly #parts: Parts;
  readonly #states: RecipientStates;

  constructor(parts: Parts, states: RecipientStates) {
    this.#parts = parts;
    this.#states = states;
  }

  async remind(commandId: string, userId?: string): Promise<void> {
    const record = (await this.#parts.store.commands([commandId])).get(commandId);
    if (record === undefined || record.command.dueAt === null) return;
    const { bell } = this.#parts;
    const wanted = userId !== undefined
      ? [userId]
      : record.cast === undefined
      ? record.recipients
      : await bell.reachable();
    for (const one of wanted) {
      if (bell.isReachable(one)) await this.#remindOne(record, one, userId !== undefined);
    }
  }

  async #remindOne(record: CommandRecord, userId: string, moved: boolean): Promise<void> {
    const { consent, bell, clock } = this.#parts;
    const stored = await this.#states.of(userId, record);
    if (stored === null || stored.record.deliveredAt === null || isClosed(stored.record.state)) return;
    // Its time may have run out, whichever of the two jobs comes first.
    if (record.expiresMs <= clock.now() && waits(stored.record.state)) return;
    // Deadlines are frozen while the person is stopped. One that a stop has moved has its own reminder.
    if (await consent.stopOf(userId) !== null || (stored.record.frozenMs > 0 && !moved)) return;
    const dueAt = iso(Date.parse(record.command.dueAt!) + stored.record.frozenMs);
    bell.notify(userId, "command.due", { id: record.command.id, dueAt });
    await bell.remind(userId, record.command.id, "deadline");
  }
}
