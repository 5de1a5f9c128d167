import type { ComponentChildren } from "preact";
import type { CommandState, DeliveredCommand } from "../lib/protocol/mod.ts";

/** What a person asks of a command: the fields of the form, as typed. */
export interface CommandAction {
  id: string;
  state: CommandState;
  note: string | null;
  /** With `deferred`: for how many minutes. */
  minutes: number | null;
}

interface Choice {
  state: CommandState;
  label: string;
  main?: true | undefined;
}

/** What is offered for a command; whether the move holds is the server's to say. */
function choices(command: DeliveredCommand, state: CommandState): Choice[] {
  if ("sealed" in command) return [{ state: "seen", label: "Open", main: true }];
  const checked = command.requires === "review" || command.requires === "proof";
  const finish: Choice = checked
    ? { state: "submitted", label: "Hand in", main: true }
    : { state: "completed", label: "Done", main: true };
  const seen: Choice = { state: "seen", label: "Seen" };
  const accept: Choice = { state: "accepted", label: "Accept", main: true };
  const task = command.kind === "task" || checked;
  switch (state) {
    case "queued":
    case "delivered":
      return task ? [accept, seen] : [finish, seen];
    case "seen":
    case "deferred":
      return task ? [accept, { ...finish, main: undefined }] : [finish];
    case "accepted":
    case "returned":
      return [finish];
    default:
      return [];
  }
}

/** States from which a person can still say that they will not, or could not. */
const refusable: ReadonlySet<CommandState> = new Set([
  "queued",
  "delivered",
  "seen",
  "deferred",
  "accepted",
  "returned",
]);

interface CommandActionsProps {
  command: DeliveredCommand;
  state: CommandState;
  /** The command's heading. */
  label: string;
  busy: boolean;
  /** In the browser; without it the form is posted. */
  onAct: ((action: CommandAction) => void) | undefined;
}

/**
 * The forms with which a person answers a command. Three, so that Enter in one never presses a button of another: who
 * writes why they decline must not end up with "Done".
 */
export function CommandActions(props: CommandActionsProps) {
  const { command, state, label, busy } = props;
  const { id } = command;
  const offered = choices(command, state);
  const started = state === "accepted" || state === "returned";
  return (
    <div class="actions">
      {offered.length === 0 ? null : (
        <AnswerForm {...props} name={`Answer: ${label}`}>
          {offered.map((choice) => (
            <button
              type="submit"
              key={choice.state}
              class={choice.main ? "button button-main" : "button"}
              name="state"
              value={choice.state}
              disabled={busy}
            >
              {choice.label}
            </button>
          ))}
        </AnswerForm>
      )}
      {"sealed" in command || !refusable.has(state) ? null : (
        <details class="button-menu">
          <summary class="button button-quiet">Not now, or no</summary>
          <div class="menu">
            <AnswerForm {...props} name={`Put off: ${label}`}>
              <label for={`minutes-${id}`}>Put off for</label>
              <select class="input input-short" id={`minutes-${id}`} name="minutes">
                {waits.map(([minutes, text]) => <option key={minutes} value={minutes}>{text}</option>)}
              </select>
              <button type="submit" class="button" name="state" value="deferred" disabled={busy}>
                Not now
              </button>
            </AnswerForm>
            <AnswerForm {...props} name={`Refuse: ${label}`}>
              <Note id={id} />
              <button type="submit" class="button" name="state" value="declined" disabled={busy}>
                Decline
              </button>
              {started
                ? (
                  <button type="submit" class="button" name="state" value="failed" disabled={busy}>
                    Could not be done
                  </button>
                )
                : null}
            </AnswerForm>
          </div>
        </details>
      )}
    </div>
  );
}

type AnswerFormProps = Pick<CommandActionsProps, "command" | "onAct"> & {
  name: string;
  children: ComponentChildren;
};

function AnswerForm({ command, onAct, name, children }: AnswerFormProps) {
  const submit = (event: SubmitEvent) => {
    if (onAct === undefined || !(event.currentTarget instanceof HTMLFormElement)) return;
    event.preventDefault();
    onAct(readAction(new FormData(event.currentTarget, event.submitter)));
  };
  return (
    <form class="row" method="post" action="/" onSubmit={submit} aria-label={name}>
      <input type="hidden" name="id" value={command.id} />
      {children}
    </form>
  );
}

const waits = [[60, "an hour"], [240, "four hours"], [1440, "a day"], [4320, "three days"]] as const;

function Note({ id }: { id: string }) {
  return (
    <div class="field wide">
      <label for={`note-${id}`}>A word to the sender</label>
      <p class="hint" id={`note-hint-${id}`}>You owe no reason. Leave it empty if you like.</p>
      <input
        class="input"
        id={`note-${id}`}
        name="note"
        aria-describedby={`note-hint-${id}`}
        autocomplete="off"
      />
    </div>
  );
}

/** The form's fields; the server checks them again. */
export function readAction(form: FormData | URLSearchParams): CommandAction {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const state = field("state") as CommandState;
  const minutes = Number(field("minutes"));
  return {
    id: field("id"),
    state,
    // "Not now" and "Done" carry no reason even when one was begun for "Decline".
    note: state === "declined" || state === "failed" ? field("note") || null : null,
    minutes: state === "deferred" && Number.isFinite(minutes) && minutes > 0 ? minutes : null,
  };
}

/** What `command.update` takes for an action that is asked for at `now`. */
export function updateParams(action: CommandAction, now: number): {
  id: string;
  state: CommandState;
  note?: string;
  until?: string;
} {
  return {
    id: action.id,
    state: action.state,
    ...(action.note === null ? {} : { note: action.note }),
    ...(action.minutes === null ? {} : { until: new Date(now + action.minutes * 60_000).toISOString() }),
  };
}
