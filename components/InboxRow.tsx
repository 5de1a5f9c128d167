import type { ComponentChildren } from "preact";
import type { ListItem } from "../lib/protocol/mod.ts";
import { isOpen } from "../lib/protocol/closed_states.ts";
import { remainingText, stateWords } from "../lib/text/mod.ts";
import { plainText } from "../lib/text/rich_text.ts";
import { fill } from "../lib/words/mod.ts";
import { timeText, utcText } from "../lib/words/times.ts";
import { Avatar } from "./Avatar.tsx";
import { useCategoryTitle } from "./category_titles.tsx";
import { commandTitle } from "./CommandCard.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface RowProps {
  item: ListItem;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether there is a picture of the sender. */
  picture: boolean;
  /** Where the row opens, or closes when it is open. */
  href: string;
  /** All of the command, when the row is open. */
  children: ComponentChildren;
}

/** The first words of a text, in characters. */
const snippetLength = 64;
/** A deadline in less than this stands out, in ms. */
const soonMs = 3 * 3600_000;

/** One command of the inbox in two lines; the whole row leads to it. Only on the server: it has little HTML, and no script. */
export function InboxRow({ item, now, picture, href, children }: RowProps) {
  const words = useWords("commands");
  const inbox = useWords("inbox");
  const titleOf = useCategoryTitle();
  const { command } = item;
  const { id, from } = command;
  const sealed = "sealed" in command;
  const opened = children !== null;
  const title = sealed && command.categories.length > 0
    ? fill(inbox.sealedIs, { what: command.categories.map(titleOf).join(", ") })
    : commandTitle(words, command);
  const looks = [opened ? " item-open" : "", sealed ? " item-sealed" : ""];
  return (
    <li class={`item${looks.join("")}`}>
      <article aria-label={title}>
        <div class="line">
          <input
            type="checkbox"
            form="many"
            name="ids"
            value={id}
            aria-label={fill(inbox.pick, { title })}
          />
          <span class="face" aria-hidden="true">
            <Avatar username={from.username} name={from.displayName} picture={picture} unsaid />
            <i class={`icon i-${sealed ? "seal" : iconOf(command.kind)}`} />
          </span>
          <h3>
            <a href={href} aria-current={opened ? "true" : undefined}>{title}</a>
          </h3>
          <p class="gist">
            <bdi>{from.displayName}</bdi>
            {snippetOf(item)}
          </p>
          <p class="ends">
            <When item={item} now={now} />
            <Standing item={item} />
          </p>
          {sealed && isOpen(item.state?.state ?? "delivered") ? <Unopened id={id} title={title} /> : null}
        </div>
        {children}
      </article>
    </li>
  );
}

/** CO-12: a sealed command can be put off or declined without a look at it. Its buttons belong to one form below the rows. */
function Unopened({ id, title }: { id: string; title: string }) {
  const words = useWords("command");
  const acts = [
    ["deferred", "later", words.notNow, words.putOffLabel],
    ["declined", "x", words.decline, words.refuseLabel],
  ] as const;
  return (
    <p class="acts">
      {acts.map(([state, icon, name, label]) => (
        <button
          key={state}
          type="submit"
          form="one"
          class="button button-small"
          name="one"
          value={`${id} ${state}`}
          aria-label={fill(label, { title })}
          title={name}
        >
          <Icon name={icon} size="s" />
          <span>{name}</span>
        </button>
      ))}
    </p>
  );
}

function iconOf(kind: string): IconName {
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

function snippetOf({ command }: ListItem): ComponentChildren {
  if ("sealed" in command) return null;
  const clip = command.attachments.length === 0 ? null : <Icon name="clip" size="s" />;
  const text = command.title && command.body ? plainText(command.body.slice(0, 4 * snippetLength)) : "";
  const short = [...text].slice(0, snippetLength).join("");
  return (
    <>
      {short === "" ? null : ` · ${short}`}
      {clip}
    </>
  );
}

/** What a row says of time: when it comes back, when it is due, or when it came or ended. Exact on hover. */
function When({ item: { command, state }, now }: { item: ListItem; now: number }) {
  const words = useWords("answers");
  const language = useLanguage();
  const format = useTimeFormat();
  const open = isOpen(state?.state ?? "delivered");
  const due = open && !state?.until ? command.dueAt : null;
  const value = (open ? state?.until : state?.updatedAt) ?? due ?? command.deliverAt ?? command.createdAt;
  const at = Date.parse(value);
  const look = due === null ? undefined : at < now ? "late" : at - now < soonMs ? "soon" : undefined;
  return (
    <time
      dateTime={value}
      class={look}
      title={format === null ? utcText(language, value) : timeText(format, value)}
      data-due={due === null ? undefined : ""}
    >
      {remainingText(words, at, now, due === null ? "ago" : "late")}
    </time>
  );
}

/** How the command stands, unless that is the usual: it was seen, and nothing more. */
function Standing({ item }: { item: ListItem }) {
  const words = useWords("commands");
  const state = item.state?.state ?? "delivered";
  if (state === "seen") return null;
  const isNew = state === "delivered" || state === "queued";
  const { label, tone } = stateWords(words, isNew ? "delivered" : state, "recipient");
  return <span class="state" data-tone={isNew ? "new" : tone}>{label}</span>;
}
