import { isOpen } from "../protocol/closed_states.ts";
import type { CommandChanged, Delivery, ListItem, OwnState } from "../protocol/commands.ts";

/** The last known state of a command, for reading without a connection (UI-3). */
export interface KeptCommand {
  id: string;
  /** Time of the last news of it, in milliseconds since 1970. */
  at: number;
  item: ListItem;
}

/** List row of a delivery. A delivery lacks some fields of the server's list: those come from the known row. */
export function itemOf(delivery: Delivery, known: ListItem | undefined): ListItem {
  const { command, state } = delivery;
  const before = known?.state ?? { updatedAt: command.createdAt, until: null, note: null, allowedBy: null };
  return { ...known, command, state: { ...before, state } };
}

/** List row after a change that the server sent to the recipient. */
export function changedItem(known: ListItem, changed: CommandChanged): ListItem {
  return {
    ...known,
    command: changed.command ?? known.command,
    ...(known.state === undefined ? {} : { state: withNews(known.state, changed) }),
  };
}

/** A change always brings the recipient's note and answer, and the sender's review of the last submission. */
function withNews(
  { review: _review, answer: _answer, startedAt: _startedAt, ...known }: OwnState,
  changed: CommandChanged,
): OwnState {
  const { state = known.state, note = known.note, until = null, review, answer, startedAt, at } = changed;
  return {
    ...known,
    state,
    until,
    note,
    ...(review === undefined ? {} : { review }),
    ...(answer === undefined ? {} : { answer }),
    ...(startedAt === undefined ? {} : { startedAt }),
    updatedAt: at,
  };
}

export function isOpenItem({ state }: ListItem): boolean {
  return state !== undefined && isOpen(state.state);
}
