import { Fragment } from "preact";
import type { Absence, ChatMessage } from "../lib/protocol/mod.ts";
import { beginsGroup, textParts } from "../lib/text/chat.ts";
import { partText } from "../lib/words/times.ts";
import { fill } from "../lib/words/shape.ts";
import { Attachments } from "./Attachments.tsx";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

export interface ChatMessagesProps {
  messages: readonly ChatMessage[];
  /** The reader's username. */
  me: string;
  /** The first message that is new; null: none is. */
  firstNew: string | null;
  /** Up to where the other side has read, if they show it (CH-3). */
  theirReadUpTo: string | null;
  absent: Readonly<Record<string, Absence>>;
  /** The address of the talk; messages that can be taken back post to it. */
  action: string;
  /** Messages before this time cannot be taken back any more; RFC 3339. */
  retractFrom: string;
  /** In the browser's own time zone. */
  local?: boolean;
  onRetract?: (id: string) => void;
}

/** A talk: marks of days and of what is new, and the messages of one person together. */
export function ChatMessages(props: ChatMessagesProps) {
  const { messages, firstNew, theirReadUpTo, me, local = false } = props;
  const words = useWords("chat");
  const language = useLanguage();
  const format = useTimeFormat(local);
  const dayOf = (time: string) => partText(language, format, "day", time);
  const lastRead = theirReadUpTo === null
    ? undefined
    : messages.findLast(({ id, from }) => from.username === me && id <= theirReadUpTo)?.id;
  return (
    <ol class="talk-messages">
      {messages.map((message, at) => {
        const before = messages[at - 1];
        const isNewDay = before === undefined || dayOf(before.createdAt) !== dayOf(message.createdAt);
        const isNew = message.id === firstNew;
        return (
          <Fragment key={message.id}>
            {isNewDay ? <li class="talk-day">{dayOf(message.createdAt)}</li> : null}
            {isNew ? <li class="talk-day talk-new" id="new">{words.new}</li> : null}
            <Message
              {...props}
              message={message}
              clock={partText(language, format, "clock", message.createdAt)}
              head={isNewDay || isNew || beginsGroup(before, message)}
              read={message.id === lastRead}
            />
          </Fragment>
        );
      })}
    </ol>
  );
}

interface MessageProps extends Omit<ChatMessagesProps, "messages"> {
  message: ChatMessage;
  /** Its time of day. */
  clock: string;
  /** It begins a group. */
  head: boolean;
  read: boolean;
}

function Message({ message, clock, head, read, me, absent, ...props }: MessageProps) {
  const words = useWords("chat");
  const { id, from, thread, createdAt, retractedAt } = message;
  const own = from.username === me;
  const mayRetract = own && retractedAt === null && message.state !== "rejected" &&
    createdAt > props.retractFrom;
  return (
    <li class={own ? "talk-message talk-own" : "talk-message"} id={`m-${id}`}>
      {head
        ? (
          <p class="talk-by">
            {own ? <span class="visually-hidden">{words.you}</span> : <bdi>{from.displayName}</bdi>}{" "}
            <time dateTime={createdAt}>{clock}</time>
          </p>
        )
        : null}
      {retractedAt !== null
        ? <p class="talk-bubble talk-gone">{own ? words.retractedOwn : words.retracted}</p>
        : message.sealed === true
        ? (
          <p class="talk-bubble talk-gone">
            {words.sealed} <a href={`/history/${thread}`}>{words.openCommand}</a>
          </p>
        )
        : <Content message={message} absent={absent} />}
      {message.state === undefined
        ? null
        : <p class="talk-state">{message.state === "checking" ? words.checking : words.rejected}</p>}
      {mayRetract ? <Retract id={id} clock={clock} {...props} /> : null}
      {read ? <p class="talk-state">{words.read}</p> : null}
    </li>
  );
}

function Content(
  { message: { body, attachments }, absent }: { message: ChatMessage } & Pick<ChatMessagesProps, "absent">,
) {
  const words = useWords("chat");
  return (
    <div class="talk-bubble private">
      {body === "" ? null : <ChatText text={body} />}
      <Attachments files={attachments} absent={absent} label={words.filesOf} />
    </div>
  );
}

/** What a person wrote; addresses are links, which only the reader opens (CH-3). */
export function ChatText({ text }: { text: string }) {
  return (
    <p class="talk-text">
      {textParts(text).map((part, at) =>
        part.href === undefined
          ? part.text
          : (
            <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {part.text}
            </a>
          )
      )}
    </p>
  );
}

function Retract(
  { id, clock, action, onRetract }: Pick<ChatMessagesProps, "action" | "onRetract"> & {
    id: string;
    clock: string;
  },
) {
  const words = useWords("chat");
  return (
    <form
      class="talk-act"
      method="post"
      action={action}
      onSubmit={(event) => {
        if (onRetract === undefined) return;
        event.preventDefault();
        onRetract(id);
      }}
    >
      <input type="hidden" name="id" value={id} />
      <button
        type="submit"
        class="talk-retract"
        name="action"
        value="retract"
        aria-label={fill(words.retractOf, { time: clock })}
      >
        {words.retract}
      </button>
    </form>
  );
}
