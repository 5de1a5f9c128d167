import type { CommandState, ListItem } from "../lib/protocol/mod.ts";
import { isOpen, kindTitle, stateWords } from "./page_text.ts";
import { PersonName } from "./PersonName.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";

export interface SentCardProps {
  item: ListItem;
  local: boolean;
  busy?: boolean;
  error?: string | undefined;
  /** In the browser; without it the form is posted. */
  onCancel?: (id: string) => void;
}

/** One command that the person sent, and how it stands with each recipient. */
export function SentCard({ item, local, busy = false, error, onCancel }: SentCardProps) {
  const { command } = item;
  if ("sealed" in command) return null;
  const headingId = `sent-${command.id}`;
  const title = command.title || kindTitle(command.kind);
  const cancel = (event: SubmitEvent) => {
    if (onCancel === undefined) return;
    event.preventDefault();
    onCancel(command.id);
  };
  return (
    <li>
      <article class="card" aria-labelledby={headingId}>
        <p class="card-head">
          {command.title ? <span>{kindTitle(command.kind)}</span> : null}
          <Time value={command.createdAt} local={local} />
        </p>
        <h2 id={headingId}>{title}</h2>
        {command.body ? <p class="body">{command.body}</p> : null}
        <ul class="facts">
          {command.deliverAt === null ? null : (
            <li>
              Goes out <Time value={command.deliverAt} local={local} />
            </li>
          )}
          {command.dueAt === null ? null : (
            <li>
              Due <Time value={command.dueAt} local={local} />
            </li>
          )}
          <li>
            Ends <Time value={command.expiresAt} local={local} />
          </li>
          {command.categories.map((slug) => (
            <li key={slug}>
              <span class="tag">{slug}</span>
            </li>
          ))}
        </ul>
        <Totals item={item} />
        <Recipients item={item} local={local} />
        {error === undefined ? null : <p class="field-error" role="alert">{error}</p>}
        {cancellable(item)
          ? (
            <form method="post" action="/sent" onSubmit={cancel}>
              <input type="hidden" name="id" value={command.id} />
              <button type="submit" class="button" disabled={busy} aria-label={`Cancel: ${title}`}>
                Cancel
              </button>
            </form>
          )
          : null}
      </article>
    </li>
  );
}

function Totals({ item }: { item: ListItem }) {
  const entries = Object.entries(item.totals ?? {}) as [CommandState, number][];
  if (entries.length === 0 || (item.recipients?.length ?? 0) === 1) return null;
  return (
    <ul class="facts" aria-label="Totals">
      {entries.map(([state, count]) => (
        <li key={state}>{count} {stateWords(state, "sender").label.toLowerCase()}</li>
      ))}
    </ul>
  );
}

function Recipients({ item, local }: { item: ListItem; local: boolean }) {
  if (!item.recipients?.length) return null;
  return (
    <ul class="people" aria-label="Recipients">
      {item.recipients.map((one) => (
        <li key={one.username}>
          <span class="name">
            <PersonName username={one.username} displayName={one.displayName} />
            {one.note ? <span class="small">“{one.note}”</span> : null}
          </span>
          <span class="row">
            <StateBadge state={one.state} reader="sender" />
            <span class="soft small">
              <Time value={one.updatedAt} local={local} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Whether anybody still has it open: only then does a cancel change anything. */
function cancellable(item: ListItem): boolean {
  if (item.recipients !== undefined) return item.recipients.some((one) => isOpen(one.state));
  return Object.entries(item.totals ?? {}).some(([state, count]) =>
    count > 0 && isOpen(state as CommandState)
  );
}
