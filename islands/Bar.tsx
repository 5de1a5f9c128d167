import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Brand } from "../components/Brand.tsx";
import { beginLine, pageLine, wasReplaced } from "../lib/browser/line.ts";
import { localText } from "../lib/text/commands.ts";
import { isStopMarked, markStop, unmarkStop } from "../lib/browser/pending_stop.ts";
import { Time } from "../components/Time.tsx";
import { Filled, useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { startWorker } from "../lib/browser/worker.ts";
import type { LineState } from "../lib/client/mod.ts";
import type { Language, SomeWords, Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface HeadProps {
  username: string;
  /** Null on a page that came without the server: whoever was last here. */
  userId: string | null;
  /** Address of the service worker; null where none is started. */
  worker: string | null;
  /** The page itself, to come back to. */
  path: string;
  stoppedSince: string | null;
}

/** What arrived while this page was open, and where to see it. The inbox shows its own. */
interface News {
  text: string;
  path: string;
}

interface LineWords {
  look: "open" | "waiting" | "ended";
  text: string;
}

/** The head of every page: whose it is, how the line stands, and Stop. */
export default function Bar({ words, ...head }: HeadProps & { words: SomeWords<"bar"> }) {
  return (
    <WordsProvider words={words}>
      <Head {...head} />
    </WordsProvider>
  );
}

function Head({ username, userId, worker, path, stoppedSince }: HeadProps) {
  const words = useWords("bar");
  const language = useLanguage();
  const stopped = useSignal(stoppedSince !== null);
  const line = useSignal<LineWords | null>(null);
  const news = useSignal<News | null>(null);
  const local = useSignal(false);
  const name = useSignal(username);

  useEffect(() => {
    local.value = true;
    localTimes(language);
    const client = pageLine();
    line.value = lineWords(words, client.line);
    const offs = [
      client.on("line", (state) => line.value = lineWords(words, state)),
      client.on("stopped", (state) => stopped.value = state.stopped || state.pending),
      client.on("ready", (ready) => stopped.value = ready.stopped || client.stop.pending),
      client.on("deliver", ({ command }) => {
        news.value = { text: fill(words.newFrom, { name: command.from.displayName }), path: "/" };
      }),
      client.on("notification", (heard) => {
        if (heard.method === "contact.changed" && heard.params.relation === "incoming") {
          news.value = { text: fill(words.asks, { name: heard.params.displayName }), path: "/contacts" };
        } else if (heard.method === "group.changed" && heard.params.role !== null && !heard.params.accepted) {
          news.value = { text: fill(words.invited, { title: heard.params.title }), path: "/groups" };
        }
      }),
    ];
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.code !== "Period") return;
      event.preventDefault();
      if (!stopped.value) stop();
    };
    addEventListener("keydown", onKey);
    void beginLine(userId === null ? null : { userId, username }).then((person) => {
      name.value = person?.username ?? "";
      // A page that was left in the moment after Stop was pressed.
      if (stoppedSince !== null) unmarkStop();
      else if (isStopMarked(name.value)) stop();
    });
    if (worker !== null) startWorker(worker, client);
    return () => {
      for (const off of offs) off();
      removeEventListener("keydown", onKey);
    };
  }, []);

  /** Both ways at once: whichever reaches the server first stops, and the other changes nothing. */
  const stop = () => {
    stopped.value = true;
    markStop(name.value);
    const client = pageLine();
    void client.request("safety.stop", {}).then(unmarkStop, () => {
      stopped.value = client.stop.stopped || client.stop.pending;
    });
    void fetch("/stop", { method: "POST", body: new URLSearchParams(), keepalive: true, redirect: "manual" })
      .catch(() => {
        // No way to the server: the library holds the stop and sends it first when the line is back.
      });
  };

  return (
    <>
      {stopped.value ? <Stopped path={path} since={stoppedSince} local={local.value} /> : null}
      <header class="bar">
        <Brand path={path} />
        {name.value === "" ? null : <span class="who">@{name.value}</span>}
        {line.value === null ? null : <span class="line" data-line={line.value.look}>{line.value.text}</span>}
        <p class="news" aria-live="polite">
          {news.value === null
            ? null
            : news.value.path === path && path === "/"
            ? <span class="visually-hidden">{news.value.text}</span>
            : <a href={news.value.path}>{news.value.text}</a>}
        </p>
        <div class="end">
          {stopped.value ? null : (
            <form
              method="post"
              action="/stop"
              onSubmit={(event) => {
                event.preventDefault();
                stop();
              }}
            >
              <input type="hidden" name="back" value={path} />
              <button
                type="submit"
                class="button button-stop"
                aria-keyshortcuts="Control+Shift+."
                title={words.stopTitle}
              >
                {words.stop}
              </button>
            </form>
          )}
        </div>
      </header>
      <p class="visually-hidden" role="status">{line.value?.look === "open" ? "" : line.value?.text}</p>
    </>
  );
}

function Stopped({ path, since, local }: { path: string; since: string | null; local: boolean }) {
  const words = useWords("bar");
  return (
    <section class="banner banner-stopped" aria-label={words.stoppedLabel} role="status">
      <div>
        <p>
          <strong>{words.stopped}</strong>
        </p>
        <p class="small">
          {since === null ? null : (
            <>
              <Filled text={words.since} time={<Time value={since} local={local} />} />
              {" "}
            </>
          )}
          {words.waits}
        </p>
      </div>
      <form method="post" action="/resume">
        <input type="hidden" name="back" value={path} />
        <label class="check">
          <input type="checkbox" name="confirm" value="yes" required />
          <span>{words.again}</span>
        </label>
        <button type="submit" class="button">{words.resume}</button>
      </form>
    </section>
  );
}

function lineWords(words: Words["bar"], state: LineState): LineWords {
  switch (state.kind) {
    case "online":
      return { look: "open", text: words.live };
    case "connecting":
      return { look: "waiting", text: words.connecting };
    case "offline":
      return { look: "waiting", text: words.offline };
    case "login":
      return { look: "ended", text: words.login };
    case "stopped":
      return { look: "ended", text: wasReplaced(state) ? words.replaced : words.closed };
    default:
      state satisfies never;
      return { look: "ended", text: words.closed };
  }
}

/** The times that the server wrote as UTC, in the viewer's own zone. Islands do theirs themselves. */
function localTimes(language: Language): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("main time[data-utc]")) {
    time.textContent = localText(language, time.dateTime);
    time.title = time.dateTime;
  }
}
