import type { ComponentChildren } from "preact";
import { type CommandAction, readAction } from "../lib/browser/command_action.ts";
import { clientLimits as limits } from "../lib/protocol/client_limits.ts";
import type { CommandState, DeliveredCommand, FileObject } from "../lib/protocol/mod.ts";
import { isFromServer } from "../lib/protocol/server_sender.ts";
import type { Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { AttachField, type AttachFieldProps } from "./AttachField.tsx";
import { useGiven, useWords } from "./words.tsx";

/** The person's own files that can be handed in, and how large a new one may be, in bytes. */
export interface OwnChoice {
  files: FileObject[];
  maxBytes: number;
}

interface Choice {
  state: CommandState;
  label: string;
  main?: true | undefined;
}

/** What is offered for a command; whether the move holds is the server's to say. */
function choices(words: Words["command"], command: DeliveredCommand, state: CommandState): Choice[] {
  if ("sealed" in command) return [{ state: "seen", label: words.open, main: true }];
  // CM-9: an answer has a page of its own.
  if (hasAnswerPage(command)) {
    return state === "queued" || state === "delivered" ? [{ state: "seen", label: words.seen }] : [];
  }
  const timer = command.kind === "timer";
  const checked = timer || command.requires === "review" || command.requires === "proof";
  const finish: Choice = {
    state: "completed",
    label: command.requires === "confirmation" ? words.confirm : words.done,
    main: true,
  };
  const seen: Choice = { state: "seen", label: words.seen };
  const accept: Choice = { state: "accepted", label: timer ? words.start : words.accept, main: true };
  const task = command.kind === "task" || checked;
  switch (state) {
    case "queued":
    case "delivered":
      return task ? [accept, seen] : [finish, seen];
    case "seen":
    case "deferred":
      if (checked) return [accept];
      return task ? [accept, { ...finish, main: undefined }] : [finish];
    case "accepted":
      return checked ? [] : [finish];
    case "submitted":
      // Who had to show something says that it is done; a review is the sender's to end.
      return command.requires === "proof" ? [finish] : [];
    default:
      return [];
  }
}

/** CM-9: whether there is a question to answer. A timer only runs. */
export function hasAnswerPage(command: DeliveredCommand): boolean {
  return "kind" in command && (command.kind === "choice" || command.kind === "form");
}

/** States from which what was asked for can be handed in, where the sender wants to see it. */
const handingIn: ReadonlySet<CommandState> = new Set(["accepted", "returned"]);

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
  own: OwnChoice;
  /** IANA name of the zone in which the form's times are meant. */
  zone: string;
  /** The word to the sender in an answer that was refused: it stands in the forms again (UI-10). */
  note?: string | undefined;
  /** What was submitted and came back: it is there to go on with. */
  submission?: string | undefined;
  /** Where the forms are posted to; `/` without it. */
  action?: string | undefined;
  /** In the browser; without it the form is posted. */
  onAct: ((action: CommandAction) => void) | undefined;
}

/**
 * The forms with which a person answers a command. One for each kind of answer, so that Enter in one never presses a button of another: who
 * writes why they decline must not end up with "Done".
 */
export function CommandActions(props: CommandActionsProps) {
  const { command, state, label, busy, own, zone, note } = props;
  const words = useWords("command");
  const { id } = command;
  const requires = "sealed" in command ? "none" : command.requires;
  const offered = choices(words, command, state);
  const started = state === "accepted" || state === "returned";
  const handsIn = (requires === "proof" || requires === "review") && handingIn.has(state) &&
    !hasAnswerPage(command);
  // In one press, as long as usual and without a word.
  const quick = !refusable.has(state) ? null : (
    <>
      <input type="hidden" name="minutes" value={waits[0][0]} />
      <button
        type="submit"
        class="button"
        name="state"
        value="deferred"
        title={`${words.putOffFor} ${words.anHour}`}
        disabled={busy}
      >
        {words.notNow}
      </button>
      <button type="submit" class="button" name="state" value="declined" disabled={busy}>
        {words.decline}
      </button>
    </>
  );
  return (
    <div class="actions">
      {hasAnswerPage(command) && refusable.has(state)
        ? <a class="button button-main" href={`/history/${id}/answer`}>{words.answerIt}</a>
        : null}
      {offered.length === 0 && (quick === null || handsIn)
        ? null
        : (
          <AnswerForm {...props} name={fill(words.answer, { title: label })}>
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
            {handsIn ? null : quick}
          </AnswerForm>
        )}
      {handsIn
        ? (
          <AnswerForm {...props} name={fill(words.handInLabel, { title: label })} wide>
            <Note
              id={`in-${id}`}
              label={words.what}
              hint={requires === "proof" ? words.proofHint : words.reviewHint}
              required={false}
              value={note ?? props.submission}
            />
            <details class="wide" open={requires === "proof"}>
              <summary>{words.addFiles}</summary>
              <Proof id={`proof-${id}`} own={own} live={props.onAct !== undefined} />
            </details>
            <button type="submit" class="button button-main" name="state" value="submitted" disabled={busy}>
              {state === "returned" ? words.handInAgain : words.handIn}
            </button>
          </AnswerForm>
        )
        : null}
      {handsIn && quick !== null
        ? (
          <AnswerForm {...props} name={`${words.notNow}, ${fill(words.refuseLabel, { title: label })}`}>
            {quick}
          </AnswerForm>
        )
        : null}
      {!refusable.has(state) ? null : (
        <details class="button-menu" open={note !== undefined}>
          <summary class="button button-quiet">{words.notNowOrNo}</summary>
          <div class="menu">
            <AnswerForm {...props} name={fill(words.putOffLabel, { title: label })}>
              <div class="field">
                <label for={`minutes-${id}`}>{words.putOffFor}</label>
                <select class="input" id={`minutes-${id}`} name="minutes">
                  {waits.map(([minutes, wait]) => <option key={minutes} value={minutes}>{words[wait]}
                  </option>)}
                </select>
              </div>
              <div class="field">
                <label for={`until-${id}`}>
                  {words.orUntil} <span class="hint">{zone.replaceAll("_", " ")}</span>
                </label>
                <input class="input" id={`until-${id}`} name="until" type="datetime-local" />
              </div>
              <input type="hidden" name="zone" value={zone} />
              <button type="submit" class="button" name="state" value="deferred" disabled={busy}>
                {words.notNow}
              </button>
            </AnswerForm>
            <AnswerForm {...props} name={fill(words.refuseLabel, { title: label })}>
              {isFromServer(command.from) ? null : (
                <Note
                  id={`no-${id}`}
                  label={words.note}
                  hint={words.noteHint}
                  required={false}
                  value={note}
                />
              )}
              <button type="submit" class="button" name="state" value="declined" disabled={busy}>
                {words.decline}
              </button>
              {started
                ? (
                  <button type="submit" class="button" name="state" value="failed" disabled={busy}>
                    {words.couldNot}
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

/** The choice of files. Where no island draws it, it carries what `browser/attach_here.tsx` needs to make it live. */
function Proof({ id, own, live }: { id: string; own: OwnChoice; live: boolean }) {
  const words = useWords("command");
  const given = useGiven(["file", "upload"]);
  const props: AttachFieldProps = {
    name: "proof",
    id,
    legend: words.proofFiles,
    hint: fill(words.proofFilesHint, { count: limits.proofFiles }),
    files: own.files,
    chosen: [],
    most: limits.proofFiles,
    maxBytes: own.maxBytes,
  };
  const field = <AttachField {...props} />;
  return live ? field : <div data-attach={JSON.stringify({ ...props, words: given })}>{field}</div>;
}

type AnswerFormProps = Pick<CommandActionsProps, "command" | "action" | "onAct"> & {
  name: string;
  wide?: boolean;
  children: ComponentChildren;
};

function AnswerForm({ command, action = "/", onAct, name, wide = false, children }: AnswerFormProps) {
  const submit = (event: SubmitEvent) => {
    if (onAct === undefined || !(event.currentTarget instanceof HTMLFormElement)) return;
    event.preventDefault();
    onAct(readAction(new FormData(event.currentTarget, event.submitter)));
  };
  return (
    <form class={wide ? "row wide" : "row"} method="post" action={action} onSubmit={submit} aria-label={name}>
      <input type="hidden" name="id" value={command.id} />
      {children}
    </form>
  );
}

/** For how long commands are put off, in minutes. */
export const waits = [[60, "anHour"], [240, "fourHours"], [1440, "aDay"], [4320, "threeDays"]] as const;

interface NoteProps {
  id: string;
  label: string;
  hint: string;
  required: boolean;
  value: string | undefined;
}

function Note({ id, label, hint, required, value }: NoteProps) {
  return (
    <div class="field wide">
      <label for={`note-${id}`}>{label}</label>
      <p class="hint" id={`note-hint-${id}`}>{hint}</p>
      <input
        class="input"
        id={`note-${id}`}
        name="note"
        aria-describedby={`note-hint-${id}`}
        autocomplete="off"
        required={required}
        {...(value === undefined ? {} : { defaultValue: value })}
      />
    </div>
  );
}
