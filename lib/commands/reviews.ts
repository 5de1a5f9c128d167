import { type Params, Refusal, type Requirement, type Review } from "../protocol/mod.ts";
import { noteText } from "./notes.ts";
import type { Happening, Note, StateRecord } from "./ports.ts";

type Past = Pick<StateRecord, "note" | "timeline" | "review">;

/**
 * CM-5: the sender's review of the last submission, or null. Earlier versions kept it only in the timeline, and its note in
 * the place of the recipient's.
 */
export function reviewOf({ review, timeline }: Past): Review | null {
  if (review !== undefined) return review;
  const last = timeline.findLastIndex(({ state }) => reviewed.has(state) || state === "submitted");
  if (last < 0 || !isReview(timeline, last)) return null;
  const { state, note, at } = timeline[last]!;
  return { accept: state === "completed", note: noteText(note), at };
}

/** CM-5: the recipient's own note or the server's, never the sender's. */
export function ownNote({ note, timeline, review }: Past): Note | null {
  if (review !== undefined || !hasReview(timeline)) return note;
  const own = timeline.filter(({ who, note }, at) =>
    who !== null && note !== null && !isReview(timeline, at)
  );
  return own.at(-1)?.note ?? null;
}

export function hasReview(timeline: readonly Happening[]): boolean {
  return timeline.some((_, at) => isReview(timeline, at));
}

const reviewed: ReadonlySet<string> = new Set(["returned", "completed"]);

/** Only a sender returns. Of a submission that someone else completed, that was the sender too. */
function isReview(timeline: readonly Happening[], at: number): boolean {
  const { state, who } = timeline[at]!;
  if (state !== "completed") return state === "returned";
  const submission = timeline.slice(0, at).findLast(({ state }) => state === "submitted");
  return submission !== undefined && submission.who !== who;
}

/**
 * CM-5: why an answer is not enough for what the command requires; null when it is. Files count that the person submitted
 * before; a note has to come with the answer. `answered`: the question of the command is answered (CM-9).
 */
export function missingWork(
  { state, note }: Pick<Params<"command.update">, "state" | "note">,
  requires: Requirement,
  { files, answered }: { files: number; answered: boolean },
): Refusal | null {
  if (state !== "submitted" && state !== "completed") return null;
  switch (requires) {
    case "none":
    case "confirmation":
      return null;
    case "proof":
      return files > 0
        ? null
        : new Refusal("invalid_params", "command.needsProof", { fields: { proof: "field.proofFile" } });
    case "review":
      return files > 0 || answered || (note ?? "").trim() !== ""
        ? null
        : new Refusal("invalid_params", "command.needsWork", { fields: { note: "field.noteOrFile" } });
    default:
      return requires satisfies never;
  }
}
