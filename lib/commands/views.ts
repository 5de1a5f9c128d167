import { opensByItself, type Rules } from "../consent/mod.ts";
import { limits } from "../protocol/limits.ts";
import type {
  Command,
  DeliveredCommand,
  OwnState,
  RecipientState,
  Review,
  SealedCommand,
  TimelineEntry,
  Totals,
} from "../protocol/mod.ts";
import { iso } from "../platform/mod.ts";
import { noteText } from "./notes.ts";
import type { Happening, Person, StateRecord } from "./ports.ts";
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

/** The command as its recipient sees it with the rules that they have now (`now` in ms since 1970). */
export function forRecipient(
  command: Command,
  record: StateRecord,
  rules: Rules,
  now: number,
): DeliveredCommand {
  const shown = thawed(command, record);
  const open = record.opened || opensByItself(rules, command, now);
  return open ? shown : sealed(shown);
}

/** `now` in ms since 1970. */
export function ownState(record: StateRecord, now: number): OwnState {
  const { state, updatedAt, until, proof, allowedBy } = record;
  const shownProof = proof.length === 0 ? {} : { proof };
  const undo = undoUntilMs(record);
  return {
    state,
    updatedAt,
    until,
    ...recipientsNotes(record),
    ...shownProof,
    ...answerOf(record),
    allowedBy,
    ...(undo !== null && now < undo ? { undoUntil: iso(undo) } : {}),
  };
}

/** CM-13: until when the record's last answer can be undone, in ms since 1970; null: there is none. */
export function undoUntilMs({ undo }: StateRecord): number | null {
  return undo === undefined ? null : Date.parse(undo.at) + limits.answerUndoMs;
}

/** Whether texts of the person with a username are hidden from the reader now (CO-11). */
export type Hides = (username: string) => boolean;

/**
 * A recipient as the sender sees them: a withheld command looks like one that waits (CO-3). Without the texts of a recipient
 * from whom the sender's rules hide them.
 */
export function recipientState(person: Person, record: StateRecord, hides: Hides): RecipientState {
  const { username } = person;
  const { state, updatedAt } = record;
  const notes = noteAndReview(record);
  if (hides(username)) {
    return { username, displayName: username, state, updatedAt, proof: [], ...notes, note: null };
  }
  const { displayName } = person;
  return { username, displayName, state, updatedAt, proof: record.proof, ...answerOf(record), ...notes };
}

/** CM-9: the recipient's answer, and when they started the timer, where there is one. */
export function answerOf(
  { answer, startedAt }: StateRecord,
): Pick<RecipientState, "answer" | "startedAt"> {
  return {
    ...(answer === undefined ? {} : { answer: answer.given }),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

/** CM-5: the recipient's note, and the sender's review if there is one, as the sender sees them. */
export function noteAndReview(record: StateRecord): { note: string | null; review?: Review } {
  const review = reviewOf(record);
  return { note: noteText(ownNote(record)), ...(review === null ? {} : { review }) };
}

/** The same as the recipient sees them: without the note of a review that is withheld from them. */
export function recipientsNotes(record: StateRecord): { note: string | null; review?: Review } {
  const { note, review } = noteAndReview(record);
  if (review === undefined) return { note };
  const happening = record.timeline.findLast(({ at }) => at === review.at);
  const isShown = happening !== undefined && happening.withheld !== true;
  return { note, review: isShown ? review : { ...review, note: null } };
}

export function totalsOf(records: readonly StateRecord[]): Totals {
  const totals: Totals = {};
  for (const { state } of records) totals[state] = (totals[state] ?? 0) + 1;
  return totals;
}

export function timelineOf(
  { timeline }: Pick<StateRecord, "timeline">,
  hides: (happening: Happening) => boolean,
): TimelineEntry[] {
  return timeline.map((happening) => {
    const { at, state, who, proof } = happening;
    const note = noteText(happening.note);
    return {
      at,
      state,
      ...(who === null ? {} : { who }),
      ...(hides(happening) ? {} : { ...(note !== null && { note }), ...(proof && { proof }) }),
    };
  });
}
