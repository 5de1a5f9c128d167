/**
 * What every page has: its head, and what lies over it: what was typed and not sent, the keys' sheet, the question before what cannot be
 * undone, the toast, the palette. One file, as each island's file costs a page some 150 bytes of its script, and shares more (UI-7).
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { ConfirmSheet } from "../components/ConfirmSheet.tsx";
import { DraftsLine } from "../components/DraftsLine.tsx";
import { KeysSheet } from "../components/KeysSheet.tsx";
import { PaletteSheet } from "../components/PaletteSheet.tsx";
import { ToastLine } from "../components/ToastLine.tsx";
import { Own, Stopped } from "../components/BarParts.tsx";
import { Icon } from "../components/Icon.tsx";
import { ConnectionStatus } from "../components/ConnectionStatus.tsx";
import { Backlog } from "../lib/browser/backlog.ts";
import { placed } from "../lib/browser/base_path.ts";
import { pageConnection, startConnection } from "../lib/browser/connection.ts";
import { type Counted, showCount } from "../lib/browser/counts.ts";
import { guardDrops } from "../lib/browser/page_drop.ts";
import { openPalette } from "../lib/browser/palette.ts";
import { browserTimeFormat, rememberTimeFormat } from "../lib/browser/time_format.ts";
import { noticePath, noticeText } from "../lib/text/notices.ts";
import { timeText } from "../lib/words/times.ts";
import { closeCodes } from "../lib/protocol/close_codes.ts";
import { isStopMarked, markStop, unmarkStop } from "../lib/browser/pending_stop.ts";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { ring, startWorker } from "../lib/browser/worker.ts";
import { type ConnectionNotice, ConnectionReport } from "../lib/client/mod.ts";
import type { Language, SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

/** Of an account that is suspended, or lacks a second factor that its role needs. */
type Restriction = "suspended" | "two_factor";

interface HeadProps {
  username: string;
  /** The brand, and the person's picture: drawn by the server, so that their code is in no script. */
  children: ComponentChildren;
  face?: ComponentChildren;
  /** Null on a page from the service worker: that of the last person of this browser. */
  userId: string | null;
  /** Address of the service worker; null to start none. */
  worker: string | null;
  /** Path of the page, for the way back. */
  path: string;
  stoppedSince: string | null;
  /** Why the person has no connection; null for everyone else. */
  restriction: Restriction | null;
  /** What waits, in the list of notices and at the places that are counted; null before a login. */
  counts: Partial<Record<Counted, number>> | null;
}

/** How long after something came or changed the inbox is counted again. */
const countAfterMs = 500;

/** What arrived while this page was open, and the page that shows it. The inbox shows its own commands itself. */
interface News {
  text: string;
  path: string;
}

/** The head of every page: the person, the connection, and Stop. */
export function Bar({ words, ...head }: HeadProps & { words: SomeWords<"bar" | "notices"> }) {
  return (
    <WordsProvider words={words}>
      <Head {...head} />
    </WordsProvider>
  );
}

function Head(
  { children, face, username, userId, worker, path, stoppedSince, restriction, counts }: HeadProps,
) {
  const words = useWords("bar");
  const noticeWords = useWords("notices");
  const language = useLanguage();
  const stopped = useSignal(stoppedSince !== null);
  const notice = useSignal<ConnectionNotice>("connecting");
  const news = useSignal<News | null>(null);
  const local = useSignal(false);
  const name = useSignal(username);
  const unread = useSignal(counts?.notices ?? 0);

  useEffect(() => {
    local.value = true;
    rememberTimeFormat(language);
    localTimes(language);
    const client = pageConnection();
    const tellUnread = (count: number) => {
      unread.value = count;
      showCount("notices", count);
    };
    for (const [counted, count] of Object.entries(counts ?? {})) showCount(counted as Counted, count);
    let chats = counts?.chat ?? 0;
    let counting: ReturnType<typeof setTimeout> | undefined;
    // Once for all that comes together.
    const countInbox = () => {
      clearTimeout(counting);
      counting = setTimeout(() => {
        client.request("inbox.counts", {}).then(({ unseen, review }) => {
          showCount("inbox", unseen);
          showCount("sent", review);
        }, () => {});
        client.request("chat.counts", {}).then(({ unread }) => {
          if (unread > chats) ring("message");
          showCount("chat", chats = unread);
        }, () => {});
      }, countAfterMs);
    };
    let readies = 0;
    const backlog = new Backlog();
    const report = new ConnectionReport(client.state, (said) => notice.value = said);
    const offs = [
      client.on("connection", (state) => {
        report.changed(state);
        // The page of a suspended person says why (MO-7).
        if (state.kind === "stopped" && state.code === closeCodes.suspended.code) {
          location.assign(placed("/account"));
        }
      }),
      client.on("stopped", (state) => stopped.value = state.stopped || state.pending),
      client.on("ready", (ready) => {
        stopped.value = ready.stopped || client.stop.pending;
        backlog.began(ready.serverTime, performance.now());
        // The page itself said how many there are; what came while it was offline it has not heard.
        if (readies++ === 0) return;
        countInbox();
        client.request("notice.list", { limit: 1 }).then(({ unread }) => tellUnread(unread), () => {});
      }),
      client.on("changed", countInbox),
      client.on("message", countInbox),
      client.on("deliver", ({ command }) => {
        countInbox();
        if (backlog.has(command, performance.now())) return;
        ring("command");
        news.value = { text: fill(words.newFrom, { name: command.from.displayName }), path: "/" };
      }),
      client.on("notification", (heard) => {
        if (heard.method === "notice.new") {
          const { notice } = heard.params;
          tellUnread(heard.params.unread);
          ring(notice.kind);
          news.value = { text: noticeText(noticeWords, language, notice), path: noticePath(notice) };
        } else if (heard.method === "notice.changed") tellUnread(heard.params.unread);
        else if (heard.method === "chat.changed") countInbox();
        else if (heard.method === "session.misused") {
          news.value = { text: words.misused, path: "/sessions" };
        } else if (heard.method === "sanction.changed") {
          const last = heard.params.sanctions.at(-1)?.kind;
          if (last !== undefined && last !== "suspend") {
            news.value = { text: last === "warn" ? words.warned : words.muted, path: "/account" };
          } else if (news.value?.path === "/account") news.value = null;
        }
      }),
    ];
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.code !== "Period") return;
      event.preventDefault();
      if (!stopped.value) stop();
    };
    addEventListener("keydown", onKey);
    offs.push(guardDrops());
    const known = userId === null ? null : { userId, username };
    // A suspended person has no connection, and so no state of it.
    const connecting = restriction === null ? startConnection(known) : Promise.resolve(known);
    void connecting.then((person) => {
      name.value = person?.username ?? "";
      // Stop was pressed on an earlier page, which was left before the answer.
      if (stoppedSince !== null) unmarkStop();
      else if (isStopMarked(name.value)) stop();
    });
    if (worker !== null) startWorker(worker);
    return () => {
      for (const off of offs) off();
      report[Symbol.dispose]();
      clearTimeout(counting);
      removeEventListener("keydown", onKey);
    };
  }, []);

  /** Sends the stop both ways. The first to arrive stops; the second changes nothing. */
  const stop = () => {
    stopped.value = true;
    markStop(name.value);
    const client = pageConnection();
    void client.request("safety.stop", {}).then(unmarkStop, () => {
      stopped.value = client.stop.stopped || client.stop.pending;
    });
    void fetch(placed("/stop"), {
      method: "POST",
      body: new URLSearchParams(),
      keepalive: true,
      redirect: "manual",
    })
      .catch(() => {
        // Offline: the client library keeps the stop and sends it first when it reconnects.
      });
  };

  return (
    <>
      {stopped.value ? <Stopped path={path} since={stoppedSince} local={local.value} /> : null}
      <header class="bar">
        {children}
        {name.value === "" ? null : <span class="who">@{name.value}</span>}
        {counts === null
          ? null
          : (
            <button type="button" class="find" aria-keyshortcuts="Control+K" onClick={openPalette}>
              <Icon name="search" size="s" />
              <span>{words.find}</span>
              <kbd aria-hidden="true">{words.findKeys}</kbd>
            </button>
          )}
        <p class="news" aria-live="polite">
          {news.value === null
            ? null
            : news.value.path === path
            ? <span class="visually-hidden">{news.value.text}</span>
            : <a href={news.value.path}>{news.value.text}</a>}
        </p>
        <div class="end">
          {restriction === null
            ? <ConnectionStatus notice={notice.value} />
            : <span class="connection" data-connection={restriction}>{words[restriction]}</span>}
          {counts === null ? null : <Own face={face} unread={unread.value} />}
          {stopped.value || restriction === "suspended" ? null : (
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
    </>
  );
}

/** Writes the server's times in the browser's own format. Islands do this for their own times. */
function localTimes(language: Language): void {
  const format = browserTimeFormat(language);
  if (format === null) return;
  for (const time of document.querySelectorAll<HTMLTimeElement>(":is(main, .banner-warned) time[data-utc]")) {
    time.title = time.dateTime;
    const text = timeText(format, time.dateTime);
    if (time.textContent !== text) time.textContent = text;
  }
}

type Props<C extends (props: never) => unknown> = Parameters<C>[0];

export function Keys(props: Props<typeof KeysSheet>) {
  return <KeysSheet {...props} />;
}

export function Confirm(props: Props<typeof ConfirmSheet>) {
  return <ConfirmSheet {...props} />;
}

export function Drafts(props: Props<typeof DraftsLine>) {
  return <DraftsLine {...props} />;
}

export function Toast() {
  return <ToastLine />;
}

export function Palette(props: Props<typeof PaletteSheet>) {
  return <PaletteSheet {...props} />;
}
