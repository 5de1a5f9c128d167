import type { CommandState } from "../protocol/mod.ts";

/** A recipient's answer to a command: the fields of the form, as typed. */
export interface CommandAction {
  id: string;
  state: CommandState;
  note: string | null;
  /** With `deferred`: for how many minutes, unless `until` says when. */
  minutes: number | null;
  /** With `deferred`: when the command comes back, as the value of a `datetime-local` field. */
  until: string | null;
  /** With `submitted`: ids of the submitted files. */
  proof: string[];
}

/** Reads the form's fields. The server checks them again. */
export function readAction(form: FormData | URLSearchParams): CommandAction {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  // A button of a row says which row, and what.
  const [one, answer] = field("one").split(" ");
  const state = (answer ?? field("state")) as CommandState;
  const minutes = Number(field("minutes"));
  return {
    id: answer === undefined ? field("id") : one!,
    state,
    // "Later" and "Done" are sent without a note, even if the person began one for another answer.
    note: noted.has(state) ? field("note") || null : null,
    minutes: state === "deferred" && Number.isFinite(minutes) && minutes > 0 ? minutes : null,
    until: state === "deferred" ? field("until") || null : null,
    proof: state === "submitted"
      ? form.getAll("proof").filter((value): value is string => typeof value === "string")
      : [],
  };
}

/** Answers that can have a note to the sender. */
const noted: ReadonlySet<CommandState> = new Set(["submitted", "declined", "failed"]);

/** Turns a `datetime-local` value in the browser's own zone into RFC 3339. Text that is no time is returned unchanged. */
export function localMoment(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date.toISOString();
}

/** Parameters of `command.update` for an answer given at `now` (ms since 1970). `moment` reads a chosen time. */
export function updateParams(
  action: CommandAction,
  now: number,
  moment: (value: string) => string,
): {
  id: string;
  state: CommandState;
  note?: string;
  until?: string;
  proof?: string[];
} {
  const until = action.until !== null
    ? moment(action.until)
    : action.minutes !== null
    ? new Date(now + action.minutes * 60_000).toISOString()
    : null;
  return {
    id: action.id,
    state: action.state,
    ...(action.note === null ? {} : { note: action.note }),
    ...(until === null ? {} : { until }),
    ...(action.proof.length === 0 ? {} : { proof: action.proof }),
  };
}
