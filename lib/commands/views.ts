import { choiceOf } from "../consent/mod.ts";
import type {
  Command,
  DeliveredCommand,
  OwnState,
  Preferences,
  RecipientState,
  Review,
  SealedCommand,
  TimelineEntry,
  Totals,
} from "../protocol/mod.ts";
import { iso } from "../platform/mod.ts";
import { noteText } from "./notes.ts";
import type { Person, StateRecord } from "./ports.ts";
import { ownNote, reviewOf } from "./reviews.ts";

/** CO-2: the part of a command that shows before its recipient opens it. */
export function sealed(command: Command): SealedCommand {
  const { id, from, categories, createdAt, deliverAt, dueAt, expiresAt } = command;
  return { id, sealed: true, from, categories, createdAt, deliverAt, dueAt, expiresAt };
}

/** The command with its deadline moved by the time that the person was stopped (CO-6). */
function thawed(command: Command, record: StateRecord): Command {
  if (record.frozenMs === 0 || command.dueAt === null) return command;
  return { ...command, dueAt: iso(Date.parse(command.dueAt) + record.frozenMs) };
}

/** The command as its recipient sees it with their current preferences. */
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
  const { state, updatedAt, until, proof, allowedBy } = record;
  const shownProof = proof.length === 0 ? {} : { proof };
  return { state, updatedAt, until, ...noteAndReview(record), ...shownProof, allowedBy };
}

/** A recipient as the sender sees them: a withheld command looks like one that waits (CO-3). */
export function recipientState(person: Person, record: StateRecord): RecipientState {
  const { username, displayName } = person;
  const { state, updatedAt, proof } = record;
  return { username, displayName, state, updatedAt, proof, ...noteAndReview(record) };
}

/** CM-5: the recipient's note, and the sender's review if there is one. */
export function noteAndReview(record: StateRecord): { note: string | null; review?: Review } {
  const review = reviewOf(record);
  return { note: noteText(ownNote(record)), ...(review === null ? {} : { review }) };
}

export function totalsOf(records: readonly StateRecord[]): Totals {
  const totals: Totals = {};
  for (const { state } of records) totals[state] = (totals[state] ?? 0) + 1;
  return totals;
}

export function timelineOf(record: Pick<StateRecord, "timeline">): TimelineEntry[] {
  return record.timeline.map(({ at, state, who, note }) => {
    const text = noteText(note);
    return { at, state, ...(who === null ? {} : { who }), ...(text === null ? {} : { note: text }) };
  });
}
