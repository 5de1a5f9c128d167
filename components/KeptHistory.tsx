import { useSignal } from "@preact/signals";
import { Notice } from "./Notice.tsx";
import { pageStore } from "../lib/browser/connection.ts";
import { useConnection } from "../lib/browser/use_connection.ts";
import { kindTitle } from "../lib/text/commands.ts";
import { PersonName } from "./PersonName.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Time } from "./Time.tsx";
import { useWords, WordsProvider } from "./words.tsx";
import { KeptTalks, UnsentMessages } from "./KeptTalks.tsx";
import { isOpenItem, type KeptMessage, type PendingRequest } from "../lib/client/mod.ts";
import type { ListItem } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";

/** What this browser kept of the last two weeks, beside what is open, for a page without the server (UI-3). */
export function KeptHistory({ words }: { words: SomeWords<"offline" | "commands"> }) {
  return (
    <WordsProvider words={words}>
      <History />
    </WordsProvider>
  );
}

function History() {
  const words = useWords("offline");
  const items = useSignal<readonly ListItem[] | null>(null);
  const nothing = useSignal(false);
  const online = useSignal(false);
  const talks = useSignal<{ kept: readonly KeptMessage[]; me: string }>({ kept: [], me: "" });
  const pending = useSignal<readonly PendingRequest[]>([]);

  useConnection((client) => {
    const read = async () => {
      const store = await pageStore();
      const person = await store?.person();
      nothing.value = person === undefined;
      talks.value = { kept: await store?.allMessages() ?? [], me: person?.username ?? "" };
      items.value = (await store?.commands() ?? []).filter((item) => !isOpenItem(item));
    };
    const readAgain = () => void read().catch(() => nothing.value = true);
    readAgain();
    const readPending = () => pending.value = client.pending;
    readPending();
    return [
      client.on("outbox", readPending),
      client.on("message", readAgain),
      client.on("connection", ({ kind }) => online.value = kind === "online"),
      client.on("changed", readAgain),
      client.on("stopped", readAgain),
    ];
  });

  return (
    <>
      {online.value
        ? (
          <Notice>
            {words.back} <a href="/">{words.open}</a>
          </Notice>
        )
        : null}
      {nothing.value ? <Notice tone="warn">{words.nothing}</Notice> : null}
      <UnsentMessages pending={pending.value} />
      <KeptTalks {...talks.value} />
      {items.value === null || items.value.length === 0
        ? null
        : (
          <section class="stack-s" aria-labelledby="kept">
            <h2 id="kept">{words.history}</h2>
            <ul class="commands">
              {items.value.map((item) => <Row key={item.command.id} item={item} />)}
            </ul>
          </section>
        )}
    </>
  );
}

function Row({ item: { command, state } }: { item: ListItem }) {
  const words = useWords("commands");
  const sealed = "sealed" in command;
  return (
    <li>
      <article class="card">
        <p class="card-head">
          <PersonName {...command.from} />
          <Time value={command.deliverAt ?? command.createdAt} local />
          {state === undefined ? null : <StateBadge state={state.state} reader="recipient" />}
        </p>
        <h3>{sealed ? words.sealed : command.title || kindTitle(words, command.kind)}</h3>
        {sealed || !command.body ? null : <p class="body">{command.body}</p>}
      </article>
    </li>
  );
}
