import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { QuietEditor, type QuietProps } from "../components/QuietEditor.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import { pageConnection } from "../lib/browser/connection.ts";
import { PreferenceSaver, type Told } from "../lib/browser/preference_saver.ts";
import { Soon } from "../lib/browser/soon.ts";
import type { SomeWords } from "../lib/words/mod.ts";

type WeekWords = SomeWords<"week">;

/** Saves each preference of the form that it is in when it is changed. It draws nothing but what it says beside a control. */
export function Saves({ words }: { words: WeekWords }) {
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const form = mark.current!.closest("form")!;
    let last: HTMLElement | null = null;
    const saver = new PreferenceSaver(form, words.sections.week, (section, told) => {
      const place = section.querySelector<HTMLElement>("[data-said]")!;
      // One is enough to read; what is wrong elsewhere stays.
      if (last !== null && last !== place && last.querySelector(".said-saved") !== null) render(null, last);
      last = place;
      render(
        told === null ? null : (
          <WordsProvider words={words}>
            <Said told={told} />
          </WordsProvider>
        ),
        place,
      );
    });
    const soon = new Soon(() => saver.refresh());
    const offs = [
      pageConnection().on("notification", ({ method }) => method === "preferences.changed" && soon.ask(0)),
    ];
    return () => {
      for (const off of offs) off();
      soon[Symbol.dispose]();
      saver[Symbol.dispose]();
    };
  }, []);
  return <span ref={mark} hidden />;
}

function Said({ told: { kind, message, effect, actions = {} } }: { told: Told }) {
  const words = useWords("week");
  return (
    <p class={`said-line said-${kind}`}>
      <span>{message}</span>
      {effect ? <span class="soft">{effect}</span> : null}
      {(["undo", "mine", "theirs"] as const).map((name) =>
        actions[name] === undefined
          ? null
          : (
            <button key={name} type="button" class="button button-quiet" onClick={actions[name]}>
              {words[name]}
            </button>
          )
      )}
      {kind === "over" ? <a href="/login?next=/preferences">{words.logIn}</a> : null}
    </p>
  );
}

/** The quiet hours: on or off, a week to draw on, and the same as a list, which is all there is without scripts. */
export function QuietHours({ words, ...props }: QuietProps & { words: SomeWords<"week" | "preferences"> }) {
  return (
    <WordsProvider words={words}>
      <QuietEditor {...props} />
    </WordsProvider>
  );
}
