import type { Absence, ListItem } from "../lib/protocol/mod.ts";
import { CommandFacts } from "./CommandFacts.tsx";
import { AskFirst } from "./AskFirst.tsx";
import { Attachments } from "./Attachments.tsx";
import { Reveal } from "./Discreet.tsx";
import { audienceText, kindTitle } from "../lib/text/commands.ts";
import { Progress } from "./Progress.tsx";
import { RecipientList } from "./RecipientList.tsx";
import { RichText } from "./RichText.tsx";
import {
  checksNotice,
  goesOutAt,
  isCancellable,
  readSentAction,
  type SentAction,
  type TypedReview,
} from "../lib/browser/sent_items.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

export interface SentCardProps {
  item: ListItem;
  local: boolean;
  /** Where forms are posted to without scripts. */
  path: string;
  /** Recipients that are shown. */
  most: number;
  /** The command's own page stands behind the heading, save on that page itself. */
  linked: boolean;
  busy?: boolean;
  error?: string | undefined;
  /** By file id: files that cannot be had. */
  absent: Readonly<Record<string, Absence>>;
  /** A review that was refused. */
  typed?: TypedReview | undefined;
  /** In the browser; without it the form is posted. */
  onAct?: (action: SentAction) => void;
}

/** One command that the person sent, and how it stands with each recipient. */
export function SentCard(props: SentCardProps) {
  const { item, local, path, most, linked, busy = false, error, absent, onAct } = props;
  const words = useWords("commands");
  const own = useWords("sent");
  const { command } = item;
  if ("sealed" in command) return null;
  const headingId = `sent-${command.id}`;
  const title = command.title || kindTitle(words, command.kind);
  const audience = audienceText(words, command.audience);
  const cancel = (event: SubmitEvent) => {
    if (onAct === undefined || !(event.currentTarget instanceof HTMLFormElement)) return;
    event.preventDefault();
    onAct(readSentAction(new FormData(event.currentTarget)));
  };
  const checks = checksNotice(own, item, absent);
  const goesOut = goesOutAt(item);
  const single = item.recipients?.length === 1;
  return (
    <article class="card" aria-labelledby={headingId}>
      <p class="card-head">
        {command.title ? <span>{kindTitle(words, command.kind)}</span> : null}
        {audience === "" ? null : <strong>{audience}</strong>}
        <Time value={command.createdAt} local={local} />
      </p>
      <h2 id={headingId}>{linked ? <a href={`/sent/${command.id}`}>{title}</a> : title}</h2>
      <Reveal title={title} />
      {command.body ? <RichText text={command.body} /> : null}
      <Attachments files={command.attachments} absent={absent} label={words.attached} brief={linked} />
      {checks === null ? null : <p class={`notice notice-${checks.tone} small`}>{checks.text}</p>}
      <ul class="facts">
        {goesOut === null ? null : (
          <li>
            <Filled
              text={command.attachments.length === 0 ? own.goesOut : own.goesOutChecked}
              time={<Time value={goesOut} local={local} />}
            />
          </li>
        )}
        {command.dueAt === null ? null : (
          <li>
            <Filled text={words.due} time={<Time value={command.dueAt} local={local} />} />
          </li>
        )}
        <CommandFacts command={command} local={local} />
      </ul>
      {single || item.totals === undefined ? null : <Progress totals={item.totals} />}
      <RecipientList
        item={item}
        local={local}
        busy={busy}
        path={path}
        most={most}
        absent={absent}
        brief={linked}
        typed={props.typed}
        onAct={onAct}
      />
      {error === undefined ? null : <p class="field-error" role="alert">{error}</p>}
      {isCancellable(item)
        ? (
          <AskFirst ask="cancel" to={path} onSubmit={cancel}>
            <input type="hidden" name="id" value={command.id} />
            <button
              type="submit"
              class="button"
              disabled={busy}
              aria-label={fill(own.cancelLabel, { title })}
            >
              {own.cancel}
            </button>
          </AskFirst>
        )
        : null}
    </article>
  );
}
