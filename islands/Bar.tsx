import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Brand } from "../components/Brand.tsx";
import { pageLine, wasReplaced } from "../components/page_line.ts";
import { localText } from "../components/page_text.ts";
import { Time } from "../components/Time.tsx";
import type { LineState } from "../lib/client/mod.ts";

interface BarProps {
  username: string;
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
export default function Bar({ username, path, stoppedSince }: BarProps) {
  const stopped = useSignal(stoppedSince !== null);
  const line = useSignal<LineWords | null>(null);
  const news = useSignal<News | null>(null);
  const local = useSignal(false);

  useEffect(() => {
    local.value = true;
    localTimes();
    const client = pageLine();
    line.value = lineWords(client.line);
    const offs = [
      client.on("line", (state) => line.value = lineWords(state)),
      client.on("stopped", (state) => stopped.value = state.stopped || state.pending),
      client.on("ready", (ready) => stopped.value = ready.stopped || client.stop.pending),
      client.on("deliver", ({ command }) => {
        news.value = { text: `New from ${command.from.displayName}`, path: "/" };
      }),
      client.on("notification", (heard) => {
        if (heard.method === "contact.changed" && heard.params.relation === "incoming") {
          news.value = { text: `${heard.params.displayName} asks to be your contact`, path: "/contacts" };
        } else if (heard.method === "group.changed" && heard.params.role !== null && !heard.params.accepted) {
          news.value = { text: `You are invited to ${heard.params.title}`, path: "/groups" };
        }
      }),
    ];
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.code !== "Period") return;
      event.preventDefault();
      if (!stopped.value) stop();
    };
    addEventListener("keydown", onKey);
    return () => {
      for (const off of offs) off();
      removeEventListener("keydown", onKey);
    };
  }, []);

  /** Both ways at once: whichever reaches the server first stops, and the other changes nothing. */
  const stop = () => {
    stopped.value = true;
    const client = pageLine();
    void client.request("safety.stop", {}).catch(() =>
      stopped.value = client.stop.stopped || client.stop.pending
    );
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
        <span class="who">@{username}</span>
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
                title="Stop everything at once (Ctrl+Shift+.)"
              >
                Stop
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
  return (
    <section class="banner banner-stopped" aria-label="Stopped" role="status">
      <div>
        <p>
          <strong>Stopped. Nothing is delivered to you.</strong>
        </p>
        <p class="small">
          {since === null ? null : (
            <>
              Since <Time value={since} local={local} />.
            </>
          )}
          What people send meanwhile waits for you.
        </p>
      </div>
      <form method="post" action="/resume">
        <input type="hidden" name="back" value={path} />
        <label class="check">
          <input type="checkbox" name="confirm" value="yes" required />
          <span>I want to receive again</span>
        </label>
        <button type="submit" class="button">Resume</button>
      </form>
    </section>
  );
}

function lineWords(state: LineState): LineWords {
  switch (state.kind) {
    case "online":
      return { look: "open", text: "Live" };
    case "connecting":
      return { look: "waiting", text: "Connecting" };
    case "offline":
      return { look: "waiting", text: "Offline, trying again" };
    case "login":
      return { look: "ended", text: "Session over: reload to log in" };
    case "stopped":
      return {
        look: "ended",
        text: wasReplaced(state) ? "Live in another tab" : "Line closed: reload to try again",
      };
    default:
      state satisfies never;
      return { look: "ended", text: "Unknown" };
  }
}

/** The times that the server wrote as UTC, in the viewer's own locale and zone. Islands do theirs themselves. */
function localTimes(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("main time[data-utc]")) {
    time.textContent = localText(time.dateTime);
    time.title = time.dateTime;
  }
}
