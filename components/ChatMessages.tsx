import { Fragment } from "preact";
import type { ChatMessage as Message } from "../lib/protocol/mod.ts";
import { beginsGroup, withReactions } from "../lib/text/chat.ts";
import { plural } from "../lib/words/shape.ts";
import { partText } from "../lib/words/times.ts";
import { ChatMessage, type InTalk } from "./ChatMessage.tsx";
import { useTimeFormat } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

export interface ChatMessagesProps extends InTalk {
  /** Reactions among them are shown with the messages that they are about. */
  messages: readonly Message[];
  /** Messages that others quote, beside those. */
  quoted: readonly Message[];
  /** The first message that is new, and how many are; null: none is. */
  fresh: { first: string; count: number } | null;
  /** Up to where the other side has read, if they show it (CH-3). */
  theirReadUpTo: string | null;
  /** In the browser's own time zone. */
  local?: boolean;
}

/** A talk: marks of days and of what is new, and the messages of one person together. */
export function ChatMessages(props: ChatMessagesProps) {
  const { fresh, theirReadUpTo, me, local = false } = props;
  const words = useWords("chat");
  const language = useLanguage();
  const format = useTimeFormat(local);
  const messages = withReactions(props.messages);
  const byId = new Map([...props.quoted, ...messages].map((one) => [one.id, one]));
  const dayOf = (time: string) => partText(language, format, "day", time);
  const lastRead = theirReadUpTo === null
    ? undefined
    : messages.findLast(({ id, from }) => from.username === me && id <= theirReadUpTo)?.id;
  return (
    <ol class="talk-messages">
      {messages.map((message, at) => {
        const before = messages[at - 1];
        const isNewDay = before === undefined || dayOf(before.createdAt) !== dayOf(message.createdAt);
        const isNew = message.id === fresh?.first;
        return (
          <Fragment key={message.id}>
            {isNewDay ? <li class="talk-day">{dayOf(message.createdAt)}</li> : null}
            {isNew
              ? <li class="talk-day talk-new" id="new">{plural(language, words.newCount, fresh.count)}</li>
              : null}
            <ChatMessage
              {...props}
              message={message}
              quote={message.about === undefined ? undefined : byId.get(message.about) ?? null}
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
