import { isOpen } from "../protocol/closed_states.ts";
import type { CommandChanged, Delivery, ListItem } from "../protocol/commands.ts";

/** A command as it was last heard of, for reading without a connection (UI-3). */
export interface KeptCommand {
  id: string;
  /** When it was last heard of, in milliseconds since 1970. */
  at: number;
  item: ListItem;
}

/** A delivery as a row. What only the server's list tells is kept from the row that was known before. */
export function itemOf(delivery: Delivery, known: ListItem | undefined): ListItem {
  const { command, state } = delivery;
  const before = known?.state ?? { updatedAt: command.createdAt, until: null, note: null, allowedBy: null };
  return { ...known, command, state: { ...before, state } };
}

/** A row after a change of the person's own part in it. */
export function changedItem(known: ListItem, changed: CommandChanged): ListItem {
  return {
    ...known,
    command: changed.command ?? known.command,
    ...(known.state === undefined ? {} : {
      state: {
        ...known.state,
        state: changed.state ?? known.state.state,
        until: changed.until ?? null,
        // What stood there before a return was the person's own: never shown as the sender's.
        note: changed.note ?? (changed.state === "returned" ? null : known.state.note),
        updatedAt: changed.at,
      },
    }),
  };
}

export function isOpenItem({ state }: ListItem): boolean {
  return state !== undefined && isOpen(state.state);
}
