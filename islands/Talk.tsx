import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { AttachField, type AttachFieldProps } from "../components/AttachField.tsx";
import { Quote } from "../components/ChatMessage.tsx";
import { ChatMessages } from "../components/ChatMessages.tsx";
import { talkPath } from "../components/ChatTalks.tsx";
import { Icon } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import { RichText } from "../components/RichText.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { failureText } from "../lib/browser/failures.ts";
import { formAnswered } from "../lib/browser/form_delivery.ts";
import { useAbsent } from "../lib/browser/own_files.ts";
import { useTalk } from "../lib/browser/talk.ts";
import type { Absence, ChatPage, ChatReaction } from "../lib/protocol/mod.ts";
import { clientLimits as limits } from "../lib/protocol/client_limits.ts";
import { fill, plural } from "../lib/words/shape.ts";
import type { SomeWords } from "../lib/words/mod.ts";

export interface TalkProps {
  me: string;
  page: ChatPage;
  absent: Record<string, Absence>;
  /** The server's time, in ms since 1970. */
  now: number;
  /** The newest page, which grows; older ones stay as they are. */
  newest: boolean;
  typed: string;
  /** The message that the next one quotes. */
  reply: string | null;
  problem: string | null;
  /** Whether the other side is told that one writes. */
  showsWriting: boolean;
  files: Pick<AttachFieldProps, "files" | "chosen" | "maxBytes">;
  words: SomeWords<"chat" | "commands" | "failures" | "file" | "reports" | "upload">;
}

/** A talk: rendered by the server with a form that sends, live over the connection. */
export default function Talk({ words, ...talk }: TalkProps) {
  return (
    <WordsProvider words={words}>
      <LiveTalk {...talk} />
    </WordsProvider>
  );
}

function LiveTalk(
  { me, page, now, newest, problem, showsWriting, files, ...first }: Omit<TalkProps, "words">,
) {
  const words = useWords("chat");
  const failures = useWords("failures");
  const language = useLanguage();
  const { username, displayName } = page.with;
  const action = talkPath(username, page.thread);
  const talk = useTalk({ with: username, thread: page.thread }, me, page, { writing: showsWriting });
  const absent = useAbsent(first.absent);
  const local = useSignal(false);
  const time = useSignal(now);
  const failed = useSignal(problem);
  /** A new field of files after each message. */
  const round = useSignal(0);
  const chosen = useSignal(files.chosen);
  const end = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const attach = useRef<HTMLDetailsElement>(null);
  const reply = useSignal(first.reply);
  /** What came while the end was out of sight. */
  const below = useSignal(0);
  const news = page.messages.filter(({ id, from, retractedAt }) =>
    from.username !== me && retractedAt === null && (page.readUpTo === null || id > page.readUpTo)
  );
  const fresh = news[0] === undefined || !newest ? null : { first: news[0].id, count: news.length };
  const replied = reply.value === null
    ? undefined
    : [...talk.messages.value, ...page.quoted ?? []].find(({ id }) => id === reply.value);

  useEffect(() => {
    local.value = true;
    time.value = Date.now();
    const timer = setInterval(() => time.value = Date.now(), 30_000);
    if (newest && location.hash !== "#new") end.current?.scrollIntoView({ block: "end" });
    return () => clearInterval(timer);
  }, []);
  // Follows the talk while its end is in view.
  const wasAtEnd = typeof document === "undefined" || isInView(end.current);
  const count = talk.messages.value.length + talk.unsent.value.length;
  const counted = useRef(count);
  useEffect(() => {
    const more = count - counted.current;
    counted.current = count;
    if (more <= 0) return;
    if (wasAtEnd) end.current?.scrollIntoView({ block: "end" });
    else below.value += more;
  }, [count]);
  useEffect(() => {
    // The field that takes what is pasted or dropped is folded.
    const unfold = (event: Event) => {
      const { clipboardData, dataTransfer } = event as ClipboardEvent & DragEvent;
      if ((clipboardData ?? dataTransfer)?.types.includes("Files")) attach.current!.open = true;
    };
    const kinds = ["paste", "dragenter"];
    for (const kind of kinds) document.addEventListener(kind, unfold, true);
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) below.value = 0;
    });
    if (end.current !== null) seen.observe(end.current);
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, unfold, true);
      seen.disconnect();
    };
  }, []);

  const send = (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const body = String(fields.get("body") ?? "");
    const attachments = fields.getAll("attachments").map(String);
    if (body.trim() === "" && attachments.length === 0) return;
    failed.value = null;
    talk.send(body, attachments, replied?.id).then(
      () => formAnswered(username),
      (error: unknown) => failed.value = failureText(failures, language, error),
    );
    form.reset();
    reply.value = null;
    chosen.value = [];
    round.value++;
    text.current?.focus();
  };
  const act = (id: string, what: string) => {
    if (what === "reply") {
      reply.value = id;
      text.current?.focus();
      return;
    }
    const acting = what === "retract" ? talk.retract(id) : talk.react(id, what as ChatReaction);
    acting.catch((error: unknown) => failed.value = failureText(failures, language, error));
  };
  const arrived = talk.arrived.value;

  return (
    <>
      <ChatMessages
        messages={talk.messages.value}
        me={me}
        quoted={page.quoted ?? []}
        fresh={fresh}
        theirReadUpTo={talk.theirReadUpTo.value}
        absent={absent.value}
        action={action}
        retractFrom={new Date(time.value - limits.retractMs).toISOString()}
        local={local.value}
        onAct={local.value ? act : undefined}
      />
      {count === 0 ? <p class="soft">{words.none}</p> : null}
      <ol class="talk-messages">
        {talk.unsent.value.map(({ key, body, error }) => (
          <li class="talk-message talk-own" key={key}>
            <div class="talk-bubble talk-unsent private">
              <RichText text={body} />
            </div>
            {error === null
              ? <p class="talk-state">{talk.online.value ? words.sending : words.waiting}</p>
              : (
                <p class="talk-state">
                  {fill(words.notSent, { reason: failureText(failures, language, error) })}{" "}
                  <button type="button" class="talk-retract" onClick={() => talk.again(key)}>
                    {words.again}
                  </button>
                </p>
              )}
          </li>
        ))}
      </ol>
      <p class="talk-writes soft small" aria-hidden="true">
        {talk.writes.value ? fill(words.writes, { name: displayName }) : ""}
      </p>
      {/* The talk itself says nothing by itself: one sentence for each message that arrives. */}
      <p class="visually-hidden" role="status">
        {arrived === null ? "" : `${displayName}: ${arrived.body}`}
      </p>
      <div id="latest" ref={end} />
      {failed.value === null ? null : <Notice tone="bad">{failed.value}</Notice>}
      {below.value === 0 ? null : (
        <button
          type="button"
          class="button button-small talk-below"
          onClick={() => end.current?.scrollIntoView({ block: "end" })}
        >
          <Icon name="down" size="s" />
          {plural(language, words.newCount, below.value)}
        </button>
      )}
      <form
        class="talk-composer"
        method="post"
        action={action}
        onSubmit={(event) => {
          event.preventDefault();
          send(event.currentTarget);
        }}
      >
        <input type="hidden" name="id" value={username} />
        {reply.value === null ? null : (
          <div class="talk-replying">
            <input type="hidden" name="about" value={reply.value} />
            <Quote message={replied ?? null} me={me} />
            <a
              class="button button-small"
              href={action}
              onClick={(event) => {
                event.preventDefault();
                reply.value = null;
              }}
            >
              {words.replyNot}
            </a>
          </div>
        )}
        <label class="visually-hidden" for="body">{fill(words.message, { name: displayName })}</label>
        <textarea
          ref={text}
          id="body"
          name="body"
          rows={1}
          maxLength={limits.body}
          placeholder={fill(words.message, { name: displayName })}
          aria-describedby={local.value ? "body-hint" : undefined}
          onInput={() => talk.typed()}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !hasKeyboard()) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        >
          {first.typed}
        </textarea>
        <button type="submit" class="button button-main" name="action" value="send" aria-label={words.send}>
          <Icon name="send" />
        </button>
        <details class="talk-files" ref={attach} open={chosen.value.length > 0}>
          <summary aria-label={words.attach}>
            <Icon name="clip" />
          </summary>
          <AttachField
            key={round.value}
            name="attachments"
            id="talk-attachments"
            legend={words.attachLegend}
            hint={fill(words.attachHint, { count: limits.attachments })}
            files={files.files}
            chosen={chosen.value}
            most={limits.attachments}
            maxBytes={files.maxBytes}
          />
        </details>
        {local.value ? <p class="hint" id="body-hint">{words.messageHint}</p> : null}
      </form>
    </>
  );
}

/** On a screen keyboard Enter starts a new line. */
function hasKeyboard(): boolean {
  return matchMedia("(pointer: fine)").matches;
}

function isInView(element: HTMLElement | null): boolean {
  if (element === null) return false;
  const { top } = element.getBoundingClientRect();
  return top < innerHeight + 200;
}
