import type { ComponentChildren } from "preact";
import type { ChatMessage as Message } from "../lib/protocol/chat.ts";
import type { Absence } from "../lib/protocol/mod.ts";
import { chatReactions } from "../lib/protocol/reactions.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { Attachments } from "./Attachments.tsx";
import { Icon } from "./Icon.tsx";
import { ReportLink } from "./ReportLink.tsx";
import { RichText } from "./RichText.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** What every message of a talk needs. */
export interface InTalk {
  /** The reader's username. */
  me: string;
  absent: Readonly<Record<string, Absence>>;
  /** The address of the talk, where the forms of its messages go. */
  action: string;
  /** Messages before this time cannot be taken back any more; RFC 3339. */
  retractFrom: string;
  /** In the browser, instead of the forms: what the pressed button says, `retract`, `reply` or a reaction. */
  onAct?: ((id: string, what: string) => void) | undefined;
}

interface MessageProps extends InTalk {
  message: Message;
  /** The message that it quotes; null: that is not here any more. */
  quote: Message | null | undefined;
  /** Its time of day. */
  clock: string;
  /** It begins a group. */
  head: boolean;
  read: boolean;
}

/** One message of a talk, with what can be done with it. */
export function ChatMessage(props: MessageProps) {
  const { message, quote, clock, head, read, me, absent } = props;
  const words = useWords("chat");
  const { id, from, thread, createdAt, retractedAt } = message;
  const own = from.username === me;
  const isThere = retractedAt === null && message.sealed !== true;
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
      <div class="talk-line">
        {retractedAt !== null
          ? <p class="talk-bubble talk-gone">{own ? words.retractedOwn : words.retracted}</p>
          : message.sealed === true
          ? (
            <p class="talk-bubble talk-gone">
              {words.sealed} <a href={`/history/${thread}`}>{words.openCommand}</a>
            </p>
          )
          : (
            <div class="talk-bubble private">
              {quote === undefined ? null : <Quote message={quote} me={me} />}
              {message.body === "" ? null : <RichText text={message.body} />}
              <Attachments files={message.attachments} absent={absent} label={words.filesOf} />
            </div>
          )}
        {isThere && message.state !== "rejected" ? <Actions {...props} own={own} /> : null}
      </div>
      {message.reactions === undefined ? null : <Reactions {...props} />}
      {message.state === undefined
        ? null
        : <p class="talk-state">{message.state === "checking" ? words.checking : words.rejected}</p>}
      {read ? <p class="talk-state" title={clock}>{words.read}</p> : null}
    </li>
  );
}

/** The first words of the message that another one quotes, and the way to it. */
export function Quote({ message, me }: { message: Message | null; me: string }) {
  const words = useWords("chat");
  const language = useLanguage();
  if (message === null || message.retractedAt !== null || message.sealed === true) {
    return <p class="talk-quote">{message === null ? words.quoteFar : words.retracted}</p>;
  }
  const { id, from, body, attachments } = message;
  const text = body === "" ? plural(language, words.files, attachments.length) : body;
  return (
    <p class="talk-quote">
      <a href={`#m-${id}`}>{from.username === me ? words.you : from.displayName}</a>: {text}
    </p>
  );
}

/** Who reacted how. One's own can be taken back like a message. */
function Reactions({ message, me, action, onAct }: MessageProps) {
  const words = useWords("chat");
  return (
    <ul class="talk-reactions" aria-label={words.reactions}>
      {message.reactions!.map(({ id, from, reaction }) => (
        <li key={from}>
          {from === me
            ? (
              <Act id={id} action={action} onAct={onAct}>
                <button
                  type="submit"
                  class="talk-chip"
                  name="action"
                  value="retract"
                  aria-label={fill(words.reactedOwn, { reaction })}
                >
                  {reaction}
                </button>
              </Act>
            )
            : (
              <span class="talk-chip">
                <span class="visually-hidden">{from}:</span> {reaction}
              </span>
            )}
        </li>
      ))}
    </ul>
  );
}

/** React, reply, take back, report: behind one small button, which needs no script. */
function Actions(props: MessageProps & { own: boolean }) {
  const { message, clock, own, action, retractFrom, onAct } = props;
  const words = useWords("chat");
  const { id, from, createdAt } = message;
  return (
    <details class="talk-more" name="talk-more">
      <summary aria-label={fill(own ? words.moreOwn : words.more, { name: from.displayName, time: clock })}>
        <Icon name="more" size="s" />
      </summary>
      <Act id={id} action={action} onAct={onAct}>
        <div class="talk-emoji">
          {chatReactions.map((reaction) => (
            <button
              key={reaction}
              type="submit"
              name="action"
              value={reaction}
              aria-label={fill(words.reactWith, { reaction })}
            >
              {reaction}
            </button>
          ))}
        </div>
        <button type="submit" name="action" value="reply">{words.reply}</button>
        {own && createdAt > retractFrom
          ? <button type="submit" name="action" value="retract">{words.retract}</button>
          : null}
        {own ? null : <ReportLink kind="message" id={id} name={from.displayName} />}
      </Act>
    </details>
  );
}

/** A form about a message; its button says what to do. */
function Act(
  { id, action, onAct, children }: Pick<InTalk, "action" | "onAct"> & {
    id: string;
    children: ComponentChildren;
  },
) {
  return (
    <form
      class="talk-act"
      method="post"
      action={action}
      onSubmit={(event) => {
        if (!onAct) return;
        event.preventDefault();
        onAct(id, (event.submitter as HTMLButtonElement).value);
        event.currentTarget.closest("details")?.removeAttribute("open");
      }}
    >
      <input type="hidden" name="id" value={id} />
      {children}
    </form>
  );
}
