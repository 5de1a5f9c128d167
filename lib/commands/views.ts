import { choiceOf } from "../consent/mod.ts";
import type {
  Command,
  CommandState,
  DeliveredCommand,
  OwnState,
  Preferences,
  RecipientState,
  SealedCommand,
  TimelineEntry,
  Totals,
} from "../protocol/mod.ts";
import { iso } from "../platform/mod.ts";
import type { Happening, Person, StateRecord } from "./ports.ts";

/** CO-2: what may be known of a command before its person opens it. */
export function sealed(command: Command): SealedCommand {
  const { id, from, categories, createdAt, deliverAt, dueAt, expiresAt } = command;
  return { id, sealed: true, from, categories, createdAt, deliverAt, dueAt, expiresAt };
}

/** The command with its deadline later by the time that the person was stopped (CO-6). */
function thawed(command: Command, record: StateRecord): Command {
  if (record.frozenMs === 0 || command.dueAt === null) return command;
  return { ...command, dueAt: iso(Date.parse(command.dueAt) + record.frozenMs) };
}

/** What a recipient gets to see of a command by their choices as they are now. */
export function forRecipient(
  command: Command,
  record: StateRecord,
  preferences: Preferences,
): DeliveredCommand {
  const shown = thawed(command, record);
  const open = record.opened || command.categories.every((slug) => choiceOf(preferences, slug) === "allow");
  return open ? shown : sealed(shown);
}

export function ownState(record: StateRecord): OwnState {
  const { state, updatedAt, until, note, allowedBy } = record;
  return { state, updatedAt, until, note, allowedBy };
}

/** A recipient in the sender's eyes: a withheld command is one that waits (CO-3). */
export function recipientState(person: Person, record: StateRecord): RecipientState {
  const { username, displayName } = person;
  const { state, updatedAt, note, proof } = record;
  return { username, displayName, state, updatedAt, note, proof };
}

export function totalsOf(records: readonly StateRecord[]): Totals {
  const totals: Totals = {};
  for (const { state } of records) totals[state] = (totals[state] ?? 0) + 1;
  return totals;
}

export function timelineOf(record: Pick<StateRecord, "timeline">): TimelineEntry[] {
  return record.timeline.map(({ at, state, who, note }) => ({
    at,
    state,
    ...(who === null ? {} : { who }),
    ...(note === null ? {} : { note }),
  }));
}

/** Entries of a timeline that are kept: the first ones tell how it began, the last how it stands. */
const timelineFirst = 10;
const timelineLast = 40;

/**
 * Length of all notes that a timeline keeps, in UTF-16 units; the oldest are left out first. So a record stays under 20 KB
 * whatever its people write, and no note can keep a command from being stopped or ended (a value takes 64 KiB).
 */
const timelineNotes = 4000;

/** The record after a move. `place` is the caller's to change. */
export function moved(
  record: StateRecord,
  to: CommandState,
  at: string,
  by: { who?: string; note?: string | null; until?: string | null } = {},
): StateRecord {
  const happening = { at, state: to, who: by.who ?? null, note: by.note ?? null };
  const timeline = [...record.timeline, happening];
  if (timeline.length > timelineFirst + timelineLast) timeline.splice(timelineFirst, 1);
  return {
    ...record,
    state: to,
    updatedAt: at,
    until: by.until ?? null,
    note: by.note ?? record.note,
    opened: record.opened || opens.has(to),
    timeline: withinNotes(timeline),
  };
}

function withinNotes(timeline: Happening[]): Happening[] {
  let left = timelineNotes;
  return timeline.toReversed().map((happening) => {
    left -= happening.note?.length ?? 0;
    return left < 0 && happening.note !== null ? { ...happening, note: null } : happening;
  }).reverse();
}

/** States that say that the person looked at the content. */
const opens: ReadonlySet<CommandState> = new Set(["seen", "accepted", "submitted", "completed"]);
