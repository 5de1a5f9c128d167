import type { ChatMessage } from "../lib/protocol/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { talkPath } from "./ChatTalks.tsx";
import { Icon } from "./Icon.tsx";
import { Empty } from "./Notice.tsx";
import { ShortTime } from "./ShortTime.tsx";
import { useWords } from "./words.tsx";

/** What was searched for, and what a part of two weeks has of it; `next`: where the next part begins. */
export interface Found {
  q: string;
  messages: readonly ChatMessage[];
  next: string | null;
}

/** Searches all talks, on the server. */
export function SearchForm({ q }: { q: string }) {
  const words = useWords("chat");
  return (
    <search>
      <form class="talk-search" action="/chat">
        <Icon name="search" size="s" />
        <input
          type="search"
          name="q"
          value={q}
          aria-label={words.search}
          placeholder={words.search}
          maxLength={200}
        />
        <button type="submit" class="visually-hidden">{words.searchButton}</button>
      </form>
    </search>
  );
}

/** The messages that a search found, each with the way to its place. */
export function FoundMessages({ found, me, now }: { found: Found; me: string; now: number }) {
  const words = useWords("chat");
  const { q, messages, next } = found;
  return (
    <section aria-labelledby="found">
      <h2 id="found">{fill(words.found, { text: q })}</h2>
      {messages.length === 0 && next === null
        ? (
          <Empty title={words.foundNone}>
            <p>
              <a href="/chat">{words.clear}</a>
            </p>
          </Empty>
        )
        : (
          <ul class="talks talk-found">
            {messages.map(({ id, from, to, thread, body, createdAt }) => {
              const path = talkPath(from.username === me ? to : from.username, thread);
              const text = from.username === me ? fill(words.lastOwn, { text: body }) : body;
              return (
                <li key={id}>
                  <a class="talk-row" href={`${path}${thread === null ? "?" : "&"}at=${id}#m-${id}`}>
                    <span class="talk-row-name">
                      <strong>
                        <bdi>{from.username === me ? to : from.displayName}</bdi>
                      </strong>
                      <span class="soft small private">{text}</span>
                    </span>
                    <span class="talk-row-when soft small">
                      <ShortTime value={createdAt} now={now} />
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        )}
      {next === null
        ? null
        : <a class="button" href={`/chat?q=${encodeURIComponent(q)}&before=${next}`}>{words.foundMore}</a>}
    </section>
  );
}
