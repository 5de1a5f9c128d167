import { useCategoryTitle } from "./category_titles.tsx";
import type { Absence, ListItem } from "../lib/protocol/mod.ts";
import { checksNotice, goesOutAt, isCancellable } from "../lib/browser/sent_items.ts";
import { audienceText, countedState, kindTitle, stateWords } from "../lib/text/commands.ts";
import { plural } from "../lib/words/shape.ts";
import { Avatar } from "./Avatar.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { TotalsBar, totalsInOrder } from "./Progress.tsx";
import { Time } from "./Time.tsx";
import { When } from "./When.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface RowProps {
  item: ListItem;
  /** Milliseconds since 1970. */
  now: number;
  /** People whose picture the sender may see. */
  pictured: ReadonlySet<string>;
  absent: Readonly<Record<string, Absence>>;
  /** Whether it can still be changed (CM-11). */
  editable: boolean;
}

/** Faces of one row. */
const facesShown = 3;
/** A deadline in less than this stands out, in ms. */
const soonMs = 3 * 3600_000;

/** One sent command in a line: whom it is for, how it stands, and when it is due. Its page has the rest. Only on the server. */
export function SentRow({ item, now, pictured, absent, editable }: RowProps) {
  const words = useWords("sent");
  const commandWords = useWords("commands");
  const { command } = item;
  if ("sealed" in command) return null;
  const titleId = `sent-${command.id}`;
  const checks = checksNotice(words, item, absent);
  const goesOut = goesOutAt(item);
  const latest = (item.recipients ?? []).map(({ updatedAt }) => updatedAt).sort().at(-1);
  const dueMs = command.dueAt === null ? null : Date.parse(command.dueAt);
  const look = dueMs === null || !isCancellable(item)
    ? "soft"
    : dueMs < now
    ? "late"
    : dueMs - now < soonMs
    ? "soon"
    : undefined;
  return (
    <article class="sent-row" aria-labelledby={titleId}>
      <div class="sent-what">
        <h3 id={titleId}>
          <Icon name={kindIcon(command.kind)} size="s" />
          <a href={`/sent/${command.id}`}>{command.title || kindTitle(commandWords, command.kind)}</a>
        </h3>
        {goesOut === null ? null : (
          <p class="soft small">
            <Filled
              text={command.attachments.length === 0 ? words.goesOut : words.goesOutChecked}
              time={<Time value={goesOut} />}
            />
          </p>
        )}
        {checks === null ? null : <p class={`small tone-${checks.tone}`}>{checks.text}</p>}
      </div>
      <To item={item} pictured={pictured} />
      <Standing item={item} />
      <p class={command.dueAt === null ? "small soft sent-none" : "small sent-due"}>
        <span class="sent-label">{words.due}</span> {command.dueAt === null
          ? words.noDue
          : <When value={command.dueAt} now={now} past="late" class={look} />}
      </p>
      <p class="soft small sent-end">
        <span class="visually-hidden">{words.changed}</span>{" "}
        <When value={latest ?? command.createdAt} now={now} />
        {editable
          ? (
            <>
              {" · "}
              <a href={`/sent/${command.id}/edit`} aria-describedby={titleId}>{words.edit}</a>
            </>
          )
          : null}
      </p>
    </article>
  );
}

/** The icon of a command's kind. */
export function kindIcon(kind: string): IconName {
  switch (kind) {
    case "task":
    case "link":
    case "message":
    case "choice":
    case "form":
    case "timer":
      return kind;
    case "media":
      return "picture";
    default:
      return "play";
  }
}

function To({ item, pictured }: Pick<RowProps, "item" | "pictured">) {
  const words = useWords("sent");
  const commandWords = useWords("commands");
  const language = useLanguage();
  const { command, recipients = [] } = item;
  const titleOf = useCategoryTitle();
  const audience = "sealed" in command ? "" : audienceText(commandWords, command.audience, titleOf);
  const [first, ...rest] = recipients;
  return (
    <p class="sent-to small">
      <span class="visually-hidden">{words.to}</span>{" "}
      {audience !== "" ? audience : first === undefined ? null : (
        <>
          <span class="faces">
            {recipients.slice(0, facesShown).map(({ username, displayName }) => (
              <Avatar
                key={username}
                username={username}
                name={displayName}
                picture={pictured.has(username)}
                size={24}
              />
            ))}
          </span>{" "}
          <bdi>{first.displayName}</bdi>
          {rest.length === 0 ? null : ` ${plural(language, words.rest, rest.length)}`}
        </>
      )}
    </p>
  );
}

/** A bar to glance at, and the same in words. */
function Standing({ item: { totals = {} } }: { item: ListItem }) {
  const words = useWords("commands");
  const { standing } = useWords("sent");
  const language = useLanguage();
  const parts = totalsInOrder(totals);
  const [only] = parts;
  return (
    <div class="sent-standing">
      <TotalsBar totals={totals} />
      <p class="soft small">
        <span class="visually-hidden">{standing}</span> {parts.length === 1 && only!.count === 1
          ? stateWords(words, only!.state, "sender").label
          : parts.map(({ state, count }) => countedState(words, language, state, count)).join(", ")}
      </p>
    </div>
  );
}
