import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { RichText } from "../components/RichText.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { pageConnection } from "../lib/browser/connection.ts";
import { type Draft, draftFrom } from "../lib/browser/compose.ts";
import type { AudienceCounts } from "../lib/protocol/mod.ts";
import { previewText } from "../lib/text/counts.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface CardProps {
  sender: { username: string; displayName: string };
  categories: readonly { slug: string; title: string }[];
}

/** The preview asks the server this long after the last change. */
const quietMs = 600;

/** The command as its recipients will see it, and whom it reaches, while it is written. Shows nothing without scripts. */
export default function ComposeCard(
  { words, ...card }: CardProps & { words: SomeWords<"send" | "preview" | "commands"> },
) {
  return (
    <WordsProvider words={words}>
      <Card {...card} />
    </WordsProvider>
  );
}

function Card({ sender, categories }: CardProps) {
  const words = useWords("send");
  const previewWords = useWords("preview");
  const language = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const draft = useSignal<Draft | null>(null);
  const counts = useSignal<AudienceCounts | null>(null);

  useEffect(() => {
    const form = place.current?.closest("form");
    if (!form) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = 0;
    const count = async () => {
      const number = ++asked;
      const params = draft.value?.params ?? null;
      const answer = params === null
        ? null
        : await pageConnection().request("command.preview", params).catch(() => null);
      // A later change was asked about meanwhile.
      if (number === asked) counts.value = answer;
    };
    const read = () => {
      draft.value = draftFrom(new FormData(form));
      clearTimeout(timer);
      timer = setTimeout(() => void count(), quietMs);
    };
    // Islands write their hidden fields after the event.
    const later = () => setTimeout(read);
    for (const event of ["input", "change", "click"]) form.addEventListener(event, later);
    later();
    return () => {
      clearTimeout(timer);
      for (const event of ["input", "change", "click"]) form.removeEventListener(event, later);
    };
  }, []);

  const shown = draft.value;
  const times = [[words.dueOn, shown?.dueAt], [words.sentOn, shown?.deliverAt]] as const;
  const about = categories.filter(({ slug }) => shown?.categories.includes(slug));
  return (
    <div ref={place} class="compose-live" hidden={shown === null}>
      <h2>{words.asSeen}</h2>
      <div class="panel compose-card">
        <p class="compose-sender">
          <span>
            <strong>{sender.displayName}</strong> <span class="soft small">@{sender.username}</span>
          </span>
        </p>
        <p class={shown?.title ? "compose-title" : "compose-title soft"}>{shown?.title || words.noTitle}</p>
        {times.map(([text, time]) =>
          time ? <p class="soft small" key={text}>{fill(text, { time })}</p> : null
        )}
        {about.length === 0 ? null : <p class="soft small">{about.map(({ title }) => title).join(" · ")}</p>}
        {shown?.body ? <RichText text={shown.body} /> : null}
        {shown === null || shown.asks.length === 0 ? null : (
          <ul class="compose-body">
            {shown.asks.map((label, at) => <li key={at}>{label}</li>)}
          </ul>
        )}
        {shown?.href
          ? (
            <p class="compose-body">
              <u>{shown.href}</u>
            </p>
          )
          : null}
      </div>
      <div class="panel" aria-live="polite">
        <h2>{words.reaches}</h2>
        <p>
          {counts.value !== null
            ? previewText(previewWords, language, counts.value)
            : shown?.params
            ? null
            : words.untilThen}
        </p>
      </div>
    </div>
  );
}
