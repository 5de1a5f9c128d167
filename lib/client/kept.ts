import { isOpen } from "../protocol/closed_states.ts";
import type { CommandChanged, Delivery, ListItem, OwnState } from "../protocol/commands.ts";

/** The last known state of a command, for reading without a connection (UI-3). */
export interface KeptCommand {
  id: string;
  /** Time of the last news of it, in milliseconds since 1970. */
  at: number;
  item: ListItem;
}

/** A delivery as a row. Fields that only the server's list has are taken from the row known before. */
export function itemOf(delivery: Delivery, known: ListItem | undefined): ListItem {
  const { command, state } = delivery;
  const before = known?.state ?? { updatedAt: command.createdAt, until: null, note: null, allowedBy: null };
  return { ...known, command, state: { ...before, state } };
}

/** A row after a change for its recipient. */
export function changedItem(known: ListItem, changed: CommandChanged): ListItem {
  return {
    ...known,
    command: changed.command ?? known.command,
    ...(known.state === undefined ? {} : { state: withNews(known.state, changed) }),
  };
}

/** A change always brings the recipient's note and the sender's review of the last submission. */
function withNews({ review: _, ...known }: OwnState, changed: CommandChanged): OwnState {
  const { state = known.state, note = known.note, until = null, review, at } = changed;
  return { ...known, state, until, note, ...(review === undefined ? {} : { review }), updatedAt: at };
}

export function isOpenItem({ state }: ListItem): boolean {
  return state !== undefined && isOpen(state.state);
}
