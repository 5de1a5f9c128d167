import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { plural } from "../lib/words/shape.ts";

/** Marks that the buttons put around what is selected, or before each of its lines. */
const marks = { bold: "**", italic: "_", code: "`", list: "- " } as const;

/** Buttons that write the marks of light Markdown into the field before them. Without scripts one types them. */
export default function Format({ words }: { words: SomeWords<"inputs"> }) {
  return (
    <WordsProvider words={words}>
      <Tools />
    </WordsProvider>
  );
}

function Tools() {
  const words = useWords("inputs");
  const bar = useRef<HTMLDivElement>(null);
  const write = (kind: keyof typeof marks) => {
    const field = bar.current?.parentElement?.querySelector("textarea");
    if (!field) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const mark = marks[kind];
    const chosen = value.slice(from, to);
    const text = kind === "list"
      ? (from === 0 || value[from - 1] === "\n" ? "" : "\n") + mark + chosen.replaceAll("\n", `\n${mark}`)
      : mark + chosen + mark;
    field.focus();
    // So that the browser can undo it; it is also what makes the event of typing.
    document.execCommand("insertText", false, text);
    // What was selected is selected again: another mark can go around it.
    const start = from + (kind === "list" ? text.length : mark.length);
    field.setSelectionRange(start, kind === "list" ? start : start + chosen.length);
  };
  const tools = [
    ["bold", "bold", words.bold],
    ["italic", "italic", words.italics],
    ["list", "list", words.list],
    ["code", "code", words.code],
  ] as const;
  return (
    <div class="with-scripts" ref={bar} role="group" aria-label={words.format}>
      <div class="format">
        {tools.map(([kind, icon, label]) => (
          <button
            type="button"
            class="iconbutton"
            key={kind}
            title={label}
            aria-label={label}
            onClick={() => write(kind)}
          >
            <Icon name={icon} size="s" />
          </button>
        ))}
      </div>
    </div>
  );
}

/** How many characters the field beside it still takes, once there are few. Nothing is cut: what is too long stays to be shortened. */
export function Count({ most, words }: { most: number; words: SomeWords<"inputs"> }) {
  return (
    <WordsProvider words={words}>
      <Left most={most} />
    </WordsProvider>
  );
}

/** Part of the limit that is few, and the least that is. */
const fewPart = 20;
const fewLeast = 20;

function Left({ most }: { most: number }) {
  const words = useWords("inputs");
  const language = useLanguage();
  const line = useRef<HTMLParagraphElement>(null);
  const left = useSignal(most);
  useEffect(() => {
    const field = line.current?.parentElement?.querySelector<HTMLTextAreaElement>("textarea, input");
    if (!field) return;
    // As the server counts them.
    const read = () => left.value = most - [...field.value.trim()].length;
    read();
    field.addEventListener("input", read);
    return () => field.removeEventListener("input", read);
  }, []);
  const over = left.value < 0;
  return (
    <p
      ref={line}
      class={over ? "count-left field-error" : "count-left hint"}
      hidden={left.value > Math.max(fewLeast, most / fewPart)}
      // What is left is seen; only what has to be mended is said aloud.
      aria-live={over ? "polite" : "off"}
    >
      {plural(language, over ? words.over : words.left, Math.abs(left.value))}
    </p>
  );
}
