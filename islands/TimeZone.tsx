import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Filled, useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface TimeZoneProps {
  zone: string;
  words: SomeWords<"inputs">;
}

/** Tells the server, and the person, in which zone the times of the form are meant. Without scripts: as rendered. */
export default function TimeZone({ zone, words }: TimeZoneProps) {
  return (
    <WordsProvider words={words}>
      <Zone zone={zone} />
    </WordsProvider>
  );
}

function Zone({ zone }: { zone: string }) {
  const words = useWords("inputs");
  const current = useSignal(zone);
  useEffect(() => {
    current.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }, []);
  return (
    <p class="hint">
      <input type="hidden" name="zone" value={current.value} />
      <Filled text={words.timesIn} zone={current.value.replaceAll("_", " ")} />
    </p>
  );
}
