import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useWords, WordsProvider } from "./words.tsx";
import { Drafts as Store } from "../lib/browser/drafts.ts";
import { FormKeeper, type KeeperNews } from "../lib/browser/form_keeper.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface DraftsProps {
  /** Drafts belong to an account. */
  userId: string;
  words: SomeWords<"drafts">;
}

/** UI-10: keeps what is typed into the forms of the page, and says what it did. */
export function DraftsLine({ words, userId }: DraftsProps) {
  return (
    <WordsProvider words={words}>
      <Kept userId={userId} />
    </WordsProvider>
  );
}

function Kept({ userId }: { userId: string }) {
  const words = useWords("drafts");
  const news = useSignal<KeeperNews>({ restored: false, waiting: false, elsewhere: [] });
  const keeper = useRef<FormKeeper | null>(null);

  useEffect(() => {
    const main = document.getElementById("main");
    if (main === null) return;
    const kept = keeper.current = new FormKeeper(new Store(userId), main, (now) => news.value = now);
    return () => kept[Symbol.dispose]();
  }, []);

  const { restored, waiting, elsewhere } = news.value;
  return (
    <div class="drafts" role="status">
      {waiting
        ? (
          <p class="notice notice-warn">
            {words.waiting}{" "}
            <button type="button" class="button" onClick={() => keeper.current?.withdraw()}>
              {words.withdraw}
            </button>
          </p>
        )
        : restored
        ? (
          <p class="notice">
            {words.restored}{" "}
            <button type="button" class="button" onClick={() => keeper.current?.discard()}>
              {words.discard}
            </button>
          </p>
        )
        : null}
      {elsewhere.map((path) => (
        <p class="notice notice-warn" key={path}>
          {words.elsewhere} <a href={path}>{words.open}</a>
        </p>
      ))}
    </div>
  );
}
