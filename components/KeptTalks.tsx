import type { ChatMessage } from "../lib/protocol/mod.ts";
import { PersonName } from "./PersonName.tsx";
import { Time } from "./Time.tsx";
import { useWords } from "./words.tsx";

/** A message that the browser kept, with the name of its talk. */
interface Kept {
  id: string;
  talk: string;
  message: ChatMessage;
}

/** A request that waits for a connection. */
interface Pending {
  id: string;
  method: string;
  params: Readonly<Record<string, unknown>>;
}

/** Messages of one talk that the page shows. */
const shownMost = 50;

/** CH-2, UI-3: what this browser kept of each talk, the talk with the latest message first. `me`: the reader's username. */
export function KeptTalks({ kept, me }: { kept: readonly Kept[]; me: string }) {
  const words = useWords("offline");
  if (kept.length === 0) return null;
  const talks = [...Map.groupBy(kept, ({ talk }) => talk).values()].reverse()
    .sort((one, other) => one.at(-1)!.id < other.at(-1)!.id ? 1 : -1);
  return (
    <section class="stack-s" aria-labelledby="kept-talks">
      <h2 id="kept-talks">{words.messages}</h2>
      {talks.map((rows) => <KeptTalk key={rows[0]!.talk} rows={rows} me={me} />)}
    </section>
  );
}

function KeptTalk({ rows, me }: { rows: readonly Kept[]; me: string }) {
  const words = useWords("offline");
  const messages = rows.map(({ message }) => message).filter(({ reaction }) => reaction === undefined);
  const { to, thread } = rows[0]!.message;
  const their = messages.find(({ from }) => from.username !== me)?.from;
  return (
    <details class="card">
      <summary>
        <h3>
          {their === undefined ? <bdi>@{to}</bdi> : <PersonName {...their} />}
          {thread === null ? null : <span class="soft small">{words.aboutCommand}</span>}
        </h3>
      </summary>
      {messages.length > shownMost ? <p class="soft small">{words.earlier}</p> : null}
      <ol>
        {messages.slice(-shownMost).map(({ id, from, createdAt, retractedAt, sealed, body, attachments }) => (
          <li key={id}>
            <p class="soft small">
              <bdi>{from.username === me ? words.you : from.displayName}</bdi>{" "}
              <Time value={createdAt} local />
            </p>
            {retractedAt !== null
              ? <p class="soft">{words.retracted}</p>
              : sealed === true
              ? <p class="soft">{words.sealed}</p>
              : <p class="body">{body}</p>}
            {attachments.map(({ fileId, name }) => <p key={fileId} class="soft small private">{name}</p>)}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Messages that wait for a connection, with whom they are for. */
export function UnsentMessages({ pending }: { pending: readonly Pending[] }) {
  const words = useWords("offline");
  const unsent = pending.filter(({ method, params }) =>
    method === "chat.send" && params.reaction === undefined
  );
  if (unsent.length === 0) return null;
  return (
    <section class="stack-s" aria-labelledby="unsent">
      <h2 id="unsent">{words.unsent}</h2>
      {unsent.map(({ id, params }) => (
        <article key={id} class="card">
          <p class="soft small">
            <bdi>@{String(params.to)}</bdi>
          </p>
          <p class="body">{String(params.body ?? "")}</p>
          <p class="soft small">{words.waits}</p>
        </article>
      ))}
    </section>
  );
}
