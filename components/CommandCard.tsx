import type { ListItem } from "../lib/protocol/mod.ts";
import { Attachments } from "./Attachments.tsx";
import { type CommandAction, CommandActions, type OwnChoice } from "./CommandActions.tsx";
import type { Absence } from "./file_text.ts";
import { audienceText, distanceText, kindTitle, requirementText } from "./page_text.ts";
import { PersonName } from "./PersonName.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";
import { Why } from "./Why.tsx";

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
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
  /** What can be handed in. */
  own: OwnChoice;
  /** In the browser; without it the form is posted. */
  onAct?: (action: CommandAction) => void;
}

/** One command of the inbox with what can be done about it. */
export function CommandCard(props: CommandCardProps) {
  const { item, local, now, error, fresh = false } = props;
  const { command } = item;
  const sealed = "sealed" in command;
  const state = item.state?.state ?? "delivered";
  const headingId = `command-${command.id}`;
  const title = sealed ? "Sealed" : command.title || kindTitle(command.kind);
  const audience = sealed ? "" : audienceText(command.audience);
  const asked = sealed ? null : requirementText(command.requires);
  return (
    <li>
      <article
        class={`card${sealed ? " card-sealed" : ""}${fresh ? " card-new" : ""}`}
        aria-labelledby={headingId}
      >
        <p class="card-head">
          <PersonName {...command.from} />
          {audience === "" ? null : <span>{audience}</span>}
          <Time value={command.deliverAt ?? command.createdAt} local={local} />
        </p>
        <h2 id={headingId}>{title}</h2>
        {sealed
          ? <p>You asked to be asked about this. Its words stay closed until you open it.</p>
          : <CommandBody command={command} absent={props.absent} />}
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
                Back at <Time value={item.state.until} local={local} />
              </li>
            )
            : null}
          <li>
            Ends <Time value={command.expiresAt} local={local} />
          </li>
          {command.categories.map((slug) => (
            <li key={slug}>
              <span class="tag">{slug}</span>
            </li>
          ))}
        </ul>
        {asked === null ? null : <p class="soft small">{asked}</p>}
        {state === "returned" ? <Returned note={item.state?.note ?? null} /> : null}
        {error === undefined ? null : <p class="field-error" role="alert">{error}</p>}
        <CommandActions
          command={command}
          state={state}
          label={title}
          busy={props.busy ?? false}
          own={props.own}
          zone={props.zone}
          onAct={props.onAct}
        />
        {item.state?.allowedBy ? <Why rule={item.state.allowedBy} /> : null}
      </article>
    </li>
  );
}

export type OpenCommand = Exclude<ListItem["command"], { sealed: true }>;

function Returned({ note }: { note: string | null }) {
  return (
    <p class="notice notice-warn">
      The sender gave it back{note === null || note === "" ? ". You can hand it in again." : `: “${note}”`}
    </p>
  );
}

interface CommandBodyProps {
  command: OpenCommand;
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
}

export function CommandBody({ command, absent }: CommandBodyProps) {
  const href = command.kind === "link" ? httpsLink(command.data?.href) : null;
  return (
    <>
      {command.body ? <p class="body">{command.body}</p> : null}
      {href === null ? null : (
        <p class="link-out">
          <a href={href.href} target="_blank" rel="noopener noreferrer nofollow">{href.href}</a>
          <span class="soft small">opens {href.host} in a new tab</span>
        </p>
      )}
      <Attachments files={command.attachments} absent={absent} label="Attached files" />
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
  const late = Date.parse(at) < now;
  return (
    <li class={late ? "late" : undefined}>
      {late ? "Was due" : "Due"} <Time value={at} local={local} />, {distanceText(Date.parse(at), now)}
    </li>
  );
}
