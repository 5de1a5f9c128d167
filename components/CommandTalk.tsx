import type { Absence, ChatPage } from "../lib/protocol/mod.ts";
import { clientLimits as limits } from "../lib/protocol/client_limits.ts";
import { fill } from "../lib/words/shape.ts";
import { ChatMessages } from "./ChatMessages.tsx";
import { ChatStyle } from "./ChatStyle.tsx";
import { talkPath } from "./ChatTalks.tsx";
import { Icon } from "./Icon.tsx";
import { useWords } from "./words.tsx";

/** A talk as a command's page shows it. */
export interface TalkBeside {
  me: string;
  page: ChatPage;
  absent: Record<string, Absence>;
  /** Messages before this time cannot be taken back any more; RFC 3339. */
  retractFrom: string;
}

/** CH-1: the talk about a command, on the command's own page; drawn by the server, anew by `Live` when a message comes. */
export function CommandTalk({ talk }: { talk: TalkBeside }) {
  const words = useWords("chat");
  const { me, page, absent, retractFrom } = talk;
  const { username, displayName } = page.with;
  const path = talkPath(username, page.thread);
  return (
    <section class="panel command-talk" aria-labelledby="command-talk">
      <ChatStyle />
      <h2 id="command-talk">{words.talk}</h2>
      <div id="talk-live" data-live>
        {page.messages.length === 0 ? <p class="soft">{words.none}</p> : (
          <ChatMessages
            messages={page.messages}
            quoted={page.quoted ?? []}
            me={me}
            fresh={null}
            theirReadUpTo={page.theirReadUpTo ?? null}
            absent={absent}
            action={path}
            retractFrom={retractFrom}
          />
        )}
      </div>
      <form class="talk-composer" method="post" action={path}>
        <input type="hidden" name="id" value={`command ${username}`} />
        <input type="hidden" name="back" value="command" />
        <label class="visually-hidden" for="talk-body">{fill(words.message, { name: displayName })}</label>
        <textarea
          id="talk-body"
          name="body"
          rows={1}
          maxLength={limits.body}
          placeholder={fill(words.message, { name: displayName })}
        />
        <button type="submit" class="button button-main" name="action" value="send" aria-label={words.send}>
          <Icon name="send" />
        </button>
      </form>
      <p>
        <a href={`${path}#latest`}>{fill(words.with, { name: displayName })}</a>
      </p>
    </section>
  );
}
