import type { Command, CommandState, Review } from "../protocol/mod.ts";
import { noteLength } from "./notes.ts";
import type { FirstState, Happening, Note, StateRecord } from "./ports.ts";
import { hasReview, ownNote, reviewOf } from "./reviews.ts";

/** A recipient's first record. It follows from the command and from what consent decided. */
export function firstRecord(command: Command, { allowedBy, withheldBy }: FirstState): StateRecord {
  const state = command.deliverAt === null ? "queued" : "scheduled";
  return {
    state,
    place: state === "queued" && withheldBy === null ? "first" : null,
    createdAt: command.createdAt,
    updatedAt: command.createdAt,
    deliveredAt: null,
    opened: false,
    allowedBy,
    withheldBy,
    countedOn: null,
    until: null,
    note: null,
    proof: [],
    frozenMs: 0,
    timeline: [{ at: command.createdAt, state, who: null, note: null }],
  };
}

/** A waiting record once the person has the command (DL-11). */
export function deliveredRecord(record: StateRecord, at: string): StateRecord {
  return { ...moved(record, "delivered", at), deliveredAt: at };
}

/** Entries of a timeline that are kept: the first show how it began, the last its latest changes. */
const timelineFirst = 10;
const timelineLast = 40;

/**
 * Longest sum of all notes in a timeline, in UTF-16 units; the oldest notes are dropped first. This keeps a record under
 * 20 KB (a value may have 64 KiB), so no note can keep a command from being stopped or ended.
 */
const timelineNotes = 4000;

/** Most files in a timeline, as a record has to stay small. */
const timelineFiles = 12;

/** What comes with a transition. With `review`, the note is the sender's. */
interface Said {
  who?: string;
  note?: Note | null;
  until?: string | null;
  proof?: Command["attachments"];
  review?: Review;
  withheld?: boolean;
}

/** The record after a transition. `place` is left to the caller. */
export function moved(
  record: StateRecord,
  to: CommandState,
  at: string,
  by: Said = {},
): StateRecord {
  const happening: Happening = {
    at,
    state: to,
    who: by.who ?? null,
    note: by.note ?? null,
    ...(by.proof === undefined || by.proof.length === 0 ? {} : { proof: by.proof }),
    ...(by.withheld === true ? { withheld: true } : {}),
  };
  const timeline = [...record.timeline, happening];
  if (timeline.length > timelineFirst + timelineLast) timeline.splice(timelineFirst, 1);
  const review = by.review ?? (to === "submitted" ? null : reviewOf(record));
  const { undo: _, ...rest } = record;
  return {
    ...rest,
    ...(review === null && !hasReview(timeline) ? {} : { review }),
    state: to,
    updatedAt: at,
    until: by.until ?? null,
    note: (by.review === undefined ? by.note : null) ?? ownNote(record),
    opened: record.opened || opens.has(to),
    timeline: withinFiles(withinNotes(timeline)),
  };
}

function withinNotes(timeline: Happening[]): Happening[] {
  let left = timelineNotes;
  return timeline.toReversed().map((happening) => {
    left -= noteLength(happening.note);
    return left < 0 && happening.note !== null ? { ...happening, note: null } : happening;
  }).reverse();
}

function withinFiles(timeline: Happening[]): Happening[] {
  let left = timelineFiles;
  return timeline.toReversed().map((happening) => {
    const { proof, ...rest } = happening;
    left -= proof?.length ?? 0;
    return left < 0 ? rest : happening;
  }).reverse();
}

/** States that show that the person looked at the content. */
const opens: ReadonlySet<CommandState> = new Set(["seen", "accepted", "submitted", "completed"]);
