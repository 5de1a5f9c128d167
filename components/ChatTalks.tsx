import type { ChatTalk } from "../lib/protocol/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { Avatar } from "./Avatar.tsx";
import { ShortTime } from "./ShortTime.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** The address of a talk. */
export function talkPath(other: string, thread: string | null): string {
  const path = `/chat/${encodeURIComponent(other)}`;
  return thread === null ? path : `${path}?thread=${thread}`;
}

/** CH-1: whether sender and recipient talk about commands to such an audience. */
export function isTalkedAbout(audience: "user" | "group" | "category" | "all"): boolean {
  return audience === "user" || audience === "group";
}

/** The person's talks, the latest first. `now`: the server's time, in ms since 1970. */
export function ChatTalks(
  { talks, me, here, now }: { talks: readonly ChatTalk[]; me: string; here?: string; now: number },
) {
  const words = useWords("chat");
  return (
    <nav class="talks" id="talks" data-live="" aria-label={words.talks}>
      <ul>
        {talks.map((talk) => {
          const path = talkPath(talk.with.username, talk.thread);
          return (
            <li key={path}>
              <a
                class="talk-row"
                href={`${path}${talk.unread > 0 ? "#new" : "#latest"}`}
                aria-current={path === here ? "page" : undefined}
              >
                <Row talk={talk} me={me} now={now} />
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Row({ talk, me, now }: { talk: ChatTalk; me: string; now: number }) {
  const words = useWords("chat");
  const language = useLanguage();
  const { last, unread } = talk;
  const text = lastText(words, language, talk);
  return (
    <>
      <Avatar username={talk.with.username} name={talk.with.displayName} size={40} />
      <span class="talk-row-name">
        <strong>
          <bdi>{talk.with.displayName}</bdi>
        </strong>
        {talk.thread === null ? null : (
          <span class="soft small private">
            {talk.title === null ? words.aboutCommand : fill(words.about, { title: talk.title })}
          </span>
        )}
        <span class="soft small private talk-row-text">
          {last.from.username === me ? fill(words.lastOwn, { text }) : text}
        </span>
      </span>
      <span class="talk-row-when soft small">
        <ShortTime value={last.createdAt} now={now} />
        {unread === 0 ? null : (
          <span class="talk-count">
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span class="visually-hidden">{plural(language, words.unread, unread)}</span>
          </span>
        )}
      </span>
    </>
  );
}

/** The last message in a few words. */
function lastText(
  words: ReturnType<typeof useWords<"chat">>,
  language: ReturnType<typeof useLanguage>,
  { last }: ChatTalk,
): string {
  if (last.retractedAt !== null) return words.retracted;
  if (last.sealed === true) return words.sealed;
  return last.body === "" ? plural(language, words.files, last.attachments.length) : last.body;
}
