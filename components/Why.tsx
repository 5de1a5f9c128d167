import { whyText } from "../lib/text/why.ts";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** CO-8: which of the person's own rules let a command through. */
export function Why({ rule }: { rule: string }) {
  const words = useWords("command");
  const language = useLanguage();
  return (
    <details class="small">
      <summary>{words.why}</summary>
      <p>
        {whyText(words, language, rule) ?? <Filled text={words.byRule} rule={<code>{rule}</code>} />}
      </p>
    </details>
  );
}
