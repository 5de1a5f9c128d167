import type { Absence, CommandDetail, TimelineEntry } from "../lib/protocol/mod.ts";
import { type Step, storyOf } from "../lib/text/story.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { Attachments } from "./Attachments.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { RichText } from "./RichText.tsx";
import { When } from "./When.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface StoryProps {
  command: CommandDetail["command"];
  entries: readonly TimelineEntry[];
  /** The reader's username. */
  own: string;
  /** Names of the people in it, by username. */
  names: ReadonlyMap<string, string>;
  /** Whether several people have the command. */
  several: boolean;
  now: number;
  absent: Readonly<Record<string, Absence>>;
}

/** Steps in sight; those before them are folded away. */
const stepsShown = 40;
/** Most of those that are folded away. */
const stepsFolded = 400;

/** Who did what with a command and when, each in their own words and with their own files. Only on the server. */
export function Story({ command, entries, own, several, ...rest }: StoryProps) {
  const words = useWords("story");
  const language = useLanguage();
  const sender = command.from.username;
  const sent: Step = {
    at: command.createdAt,
    state: "queued",
    text: (sender === own ? words.mine : words.theirs).sent,
    who: sender,
    of: null,
    note: undefined,
    proof: [],
  };
  const steps = [sent, ...storyOf(words, entries, { language, username: own, sender, several })];
  const early = steps.slice(0, -stepsShown);
  return (
    <section class="story" aria-labelledby="story">
      <h2 id="story">{words.title}</h2>
      {early.length === 0 ? null : (
        <details>
          <summary>{plural(language, words.earlier, early.length)}</summary>
          <Steps steps={early.slice(-stepsFolded)} own={own} sender={sender} {...rest} />
        </details>
      )}
      <Steps steps={steps.slice(-stepsShown)} own={own} sender={sender} {...rest} />
    </section>
  );
}

type StepsProps = Pick<StoryProps, "own" | "names" | "now" | "absent"> & {
  steps: readonly Step[];
  sender: string;
};

function Steps({ steps, own, sender, names, now, absent }: StepsProps) {
  const words = useWords("story");
  const file = useWords("commands");
  const nameOf = (username: string) => names.get(username) ?? `@${username}`;
  return (
    <ol class="timeline">
      {steps.map(({ at, state, edited, text, who, of, note, proof }, index) => (
        <li key={index} class={who === own ? "mine" : undefined}>
          <span class="step-icon">
            <Icon
              name={edited
                ? "edit"
                : index === 0 && state === "queued" && who === sender
                ? "send"
                : icons[state]}
              size="s"
            />
          </span>
          <p>
            <Filled
              text={text}
              who={
                <strong>
                  <bdi>{who === own ? words.you : nameOf(who ?? "")}</bdi>
                </strong>
              }
            />
            {of === null ? null : <bdi>{` ${fill(words.of, { name: nameOf(of) })}`}</bdi>}{" "}
            <When
              value={at}
              now={now}
              class="soft small"
            />
          </p>
          {note === undefined ? null : <RichText text={note} />}
          <Attachments files={proof} absent={absent} label={file.attached} />
        </li>
      ))}
    </ol>
  );
}

const icons: Readonly<Record<TimelineEntry["state"], IconName>> = {
  scheduled: "clock",
  queued: "clock",
  delivered: "inbox",
  seen: "eye",
  accepted: "check",
  submitted: "sent",
  completed: "checks",
  deferred: "later",
  declined: "x",
  returned: "undo",
  failed: "alert",
  expired: "clock",
  cancelled: "x",
  stopped: "pause",
};
