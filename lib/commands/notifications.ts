import type { CommandChanged, DeliveredCommand } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";

/** CM-7: the sender hears of each recipient of a direct command. Nothing of a withheld one but its end. */
export async function tellSender(
  { bell, people, totals }: Pick<Parts, "bell" | "people" | "totals">,
  record: CommandRecord,
  changed: readonly { userId: string; record: StateRecord }[],
): Promise<void> {
  const { command, senderId, cast } = record;
  if (changed.length === 0 || !bell.isOnline(senderId)) return;
  if (cast !== undefined) return totals.touch(record);
  const persons = await people.byIds(changed.map(({ userId }) => userId));
  for (const { userId, record } of changed) {
    const person = persons.get(userId);
    if (person === undefined) continue;
    const told: CommandChanged = {
      id: command.id,
      recipient: person.username,
      state: record.state,
      note: record.note,
      until: record.until,
      at: record.updatedAt,
    };
    bell.notify(senderId, "command.changed", told);
  }
}

/** DL-8: what happened on one device, or by the sender or the server, shows on all devices of the recipient. */
export function tellRecipient(
  { bell }: Pick<Parts, "bell">,
  { userId, commandId }: Pick<StoredState, "userId" | "commandId">,
  record: StateRecord,
  opened?: DeliveredCommand,
): void {
  if (record.withheldBy !== null) return;
  // A read of the log that began before this change must not bring back what was, least of all what just closed.
  bell.consentChanged(userId);
  const told: CommandChanged = {
    id: commandId,
    state: record.state,
    note: record.note,
    until: record.until,
    at: record.updatedAt,
    ...(opened === undefined ? {} : { command: opened }),
  };
  bell.notify(userId, "command.changed", told);
}
