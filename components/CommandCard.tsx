import { useCategoryTitle } from "./category_titles.tsx";
import type { ComponentChildren } from "preact";
import type { Absence, ListItem, OwnState } from "../lib/protocol/mod.ts";
import { asksOf } from "../lib/protocol/asks_of.ts";
import { CommandFacts } from "./CommandFacts.tsx";
import { Attachments } from "./Attachments.tsx";
import type { CommandAction } from "../lib/browser/command_action.ts";
import { CommandActions, type OwnChoice } from "./CommandActions.tsx";
import { Reveal } from "./Discreet.tsx";
import { lengthText } from "../lib/text/asking.ts";
import { audienceText, kindTitle, requirementText } from "../lib/text/commands.ts";
import { remainingText } from "../lib/text/remaining.ts";
import { PersonName } from "./PersonName.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";
import { Why } from "./Why.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";
import type { Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

export interface CommandCardProps {
  item: ListItem;
  /** Milliseconds since 1970: what counts as late. */
  now: number;
  local: boolean;
  /** IANA name of the zone in which the form's times are meant. */
  zone: string;
  fresh?: boolean;
  busy?: boolean;
  error?: string | undefined;
  /** That an answer was given which the server has not heard of. */
  waiting?: string | undefined;
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
  /** What can be handed in. */
  own: OwnChoice;
  /** The word to the sender in an answer that was refused. */
  note?: string | undefined;
  /** Its text as the page shows it; as it was typed without it. */
  text?: ComponentChildren;
  /** For how long commands are kept on this server: an end that is no other is not shown. */
  retentionDays?: number | undefined;
  /** Where forms are posted to; `/` without it. */
  action?: string | undefined;
  /** In the browser; without it the form is posted. */
  onAct?: (action: CommandAction) => void;
}

/** One command with what can be done about it, as a card of its own. */
export function CommandCard(props: CommandCardProps) {
  const { item: { command }, fresh = false } = props;
  const headingId = `command-${command.id}`;
  const title = commandTitle(useWords("commands"), command);
  return (
    <li>
      <article
        class={`card${"sealed" in command ? " card-sealed" : ""}${fresh ? " card-new" : ""}`}
        aria-labelledby={headingId}
      >
        <CommandInside {...props} heading={<h2 id={headingId}>{title}</h2>} />
      </article>
    </li>
  );
}

/** What a command is called. */
export function commandTitle(words: Words["commands"], command: ListItem["command"]): string {
  return "sealed" in command ? words.sealed : command.title || kindTitle(words, command.kind);
}

/** All of a command, and what can be done about it. */
export function CommandInside(props: CommandCardProps & { heading: ComponentChildren }) {
  const { item, local, now, error } = props;
  const words = useWords("commands");
  const own = useWords("command");
  const { command } = item;
  const sealed = "sealed" in command;
  const state = item.state?.state ?? "delivered";
  const titleOf = useCategoryTitle();
  const audience = sealed ? "" : audienceText(words, command.audience, titleOf);
  const asked = sealed ? null : requirementText(own, command.requires);
  return (
    <>
      <p class="card-head">
        <PersonName {...command.from} />
        {audience === "" ? null : <span>{audience}</span>}
        <Time value={command.deliverAt ?? command.createdAt} local={local} />
      </p>
      {props.heading}
      {sealed ? <p>{own.sealedLead}</p> : (
        <CommandBody command={command} absent={props.absent}>
          {props.text ?? (command.body ? <p class="body">{command.body}</p> : null)}
          <Asked command={command} />
        </CommandBody>
      )}
      <ul class="facts">
        {sealed ? null : (
          <li>
            <StateBadge state={state} reader="recipient" />
          </li>
        )}
        {command.dueAt === null ? null : <Due at={command.dueAt} now={now} local={local} />}
        {item.state?.until
          ? (
            <li>
              <Filled text={words.backAt} time={<Time value={item.state.until} local={local} />} />
            </li>
          )
          : null}
        {sealed ? null : <Runs command={command} startedAt={item.state?.startedAt} local={local} />}
        <CommandFacts command={command} local={local} retentionDays={props.retentionDays} />
      </ul>
      {sealed || !command.kind.startsWith("x-")
        ? null
        : <p class="soft small">{fill(own.foreign, { kind: command.kind })}</p>}
      {asked === null ? null : <p class="soft small">{asked}</p>}
      <OwnProof state={item.state} absent={props.absent} brief />
      {state === "returned" ? <Returned note={returnNote(item)} /> : null}
      {props.waiting === undefined ? null : <p class="soft small" role="status">{props.waiting}</p>}
      {error === undefined ? null : <p class="field-error" role="alert">{error}</p>}
      <CommandActions
        command={command}
        state={state}
        label={commandTitle(words, command)}
        busy={props.busy ?? false}
        own={props.own}
        zone={props.zone}
        note={props.note}
        submission={state === "returned" ? item.state?.note ?? undefined : undefined}
        action={props.action}
        onAct={props.onAct}
      />
      {item.state?.allowedBy ? <Why rule={item.state.allowedBy} command={command} /> : null}
    </>
  );
}

export type OpenCommand = Exclude<ListItem["command"], { sealed: true }>;

interface OwnProofProps {
  state: OwnState | undefined;
  absent: Readonly<Record<string, Absence>>;
  /** As names only. */
  brief?: boolean;
}

/** The files that the person handed in: theirs to look at again (FI-5). */
export function OwnProof({ state, absent, brief = false }: OwnProofProps) {
  const words = useWords("command");
  const files = state?.proof ?? [];
  if (files.length === 0) return null;
  return (
    <div class="stack-s">
      <p class="soft small">{words.yourProof}</p>
      <Attachments files={files} absent={absent} label={words.yourProof} brief={brief} />
    </div>
  );
}

/** A row that a browser kept from an earlier version has the sender's words as its note. */
function returnNote({ state }: ListItem): string | null {
  return (state?.review === undefined ? state?.note : state.review.note) ?? null;
}

function Returned({ note }: { note: string | null }) {
  const words = useWords("command");
  return (
    <p class="notice notice-warn">
      {note === null || note === "" ? words.gaveBack : fill(words.gaveBackNote, { note })}
    </p>
  );
}

/** CM-9: what there is to choose from, or to fill in. It is answered on a page of its own. */
function Asked({ command }: { command: OpenCommand }) {
  const words = useWords("command");
  const asks = asksOf(command);
  if (asks === null || asks.kind === "timer") return null;
  const [name, labels] = asks.kind === "choice"
    ? [words.options, asks.options]
    : [words.questions, asks.fields] as const;
  return (
    <ul class="asked" aria-label={name}>
      {labels.map(({ label }, at) => (
        <li key={at}>
          <bdi>{label}</bdi>
        </li>
      ))}
    </ul>
  );
}

interface CommandBodyProps {
  command: OpenCommand;
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
  /** Its text. */
  children: ComponentChildren;
}

export function CommandBody({ command, absent, children }: CommandBodyProps) {
  const words = useWords("commands");
  const { opens } = useWords("command");
  const href = command.kind === "link" ? httpsLink(command.data?.href) : null;
  return (
    <>
      <Reveal title={command.title || kindTitle(words, command.kind)} />
      {children}
      {href === null ? null : (
        <p class="link-out">
          <a href={href.href} target="_blank" rel="noopener noreferrer nofollow">{href.href}</a>
          <span class="soft small">{fill(opens, { host: href.host })}</span>
        </p>
      )}
      <Attachments files={command.attachments} absent={absent} label={words.attached} />
    </>
  );
}

/** The address of a `link`, checked once more here: only https is ever made into something to click. */
function httpsLink(href: unknown): URL | null {
  if (typeof href !== "string") return null;
  const url = URL.parse(href);
  return url?.protocol === "https:" ? url : null;
}

export function Due({ at, now, local }: { at: string; now: number; local: boolean }) {
  const words = useWords("commands");
  const answers = useWords("answers");
  const late = Date.parse(at) < now;
  return (
    <li class={late ? "late" : undefined}>
      <Filled
        text={late ? words.wasDue : words.dueIn}
        time={<Time value={at} local={local} />}
        distance={
          <time dateTime={at} data-due="">{remainingText(answers, Date.parse(at), now, "late")}</time>
        }
      />
    </li>
  );
}

/** CM-9: how long a timer runs, or until when, once the person started it. */
export function Runs(
  { command, startedAt, local = false }: {
    command: Pick<OpenCommand, "kind" | "data">;
    startedAt: string | undefined;
    local?: boolean;
  },
) {
  const words = useWords("commands");
  const asking = useWords("asking");
  const language = useLanguage();
  if (command.kind !== "timer") return null;
  const seconds = Number(command.data?.seconds);
  if (startedAt === undefined) return <li>{lengthText(asking, language, seconds)}</li>;
  const end = new Date(Date.parse(startedAt) + seconds * 1000);
  return (
    <li>
      <Filled text={words.runsUntil} time={<Time value={end.toISOString()} local={local} />} />
    </li>
  );
}
