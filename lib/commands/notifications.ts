import type { CommandChanged, DeliveredCommand } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";
import { answerOf, noteAndReview, recipientsNotes } from "./views.ts";

/**
 * CM-7: notifies the sender of each recipient of a direct command, or of a broadcast's totals. A recipient's note stays out if
 * the sender stopped, or blocks the recipient (CO-11).
 */
export async function notifySender(
  { bell, people, totals, consent, watch }: Pick<Parts, "bell" | "people" | "totals" | "consent" | "watch">,
  record: CommandRecord,
  states: readonly { userId: string; record: StateRecord }[],
): Promise<void> {
  const { command, senderId, cast: broadcast } = record;
  watch.touch(command.id);
  if (states.length === 0 || !bell.isOnline(senderId)) return;
  if (broadcast !== undefined) return totals.touch(record);
  const [persons, { hidesText }] = await Promise.all([
    people.byIds(states.map(({ userId }) => userId)),
    consent.textRules(senderId),
  ]);
  for (const { userId, record } of states) {
    const person = persons.get(userId);
    if (person === undefined) continue;
    const changed: CommandChanged = {
      id: command.id,
      recipient: person.username,
      state: record.state,
      ...noteAndReview(record),
      ...(userId !== senderId && hidesText(person.username) ? { note: null } : answerOf(record)),
      until: record.until,
      at: record.updatedAt,
    };
    bell.notify(senderId, "command.changed", changed);
  }
}

/** DL-8: notifies all devices of a recipient, whoever changed the state. */
export function notifyRecipient(
  { bell }: Pick<Parts, "bell">,
  { userId, commandId }: Pick<StoredState, "userId" | "commandId">,
  record: StateRecord,
  opened?: DeliveredCommand,
): void {
  if (record.withheldBy !== null) return;
  // A read of the log that began before this change must not deliver the command in its old state.
  bell.consentChanged(userId);
  const changed: CommandChanged = {
    id: commandId,
    state: record.state,
    ...recipientsNotes(record),
    ...answerOf(record),
    until: record.until,
    at: record.updatedAt,
    ...(opened === undefined ? {} : { command: opened }),
  };
  bell.notify(userId, "command.changed", changed);
}
