import type { ComponentChildren } from "preact";
import type { AudienceCounts } from "../lib/protocol/mod.ts";
import { countText, excludedText, previewText } from "../lib/text/counts.ts";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** Whom a command would reach, before it is sent (BR-3). */
export function Preview({ counts, children }: { counts: AudienceCounts; children?: ComponentChildren }) {
  const words = useWords("preview");
  const language = useLanguage();
  const excluded = Object.entries(counts.excluded).filter(([, count]) => count !== 0);
  return (
    <section class="panel preview" id="preview" aria-labelledby="preview-title" role="status">
      <h2 id="preview-title">{words.title}</h2>
      <p>
        <Filled text={words.nothingSent} counts={previewText(words, language, counts)} />
      </p>
      {excluded.length === 0 ? null : (
        <>
          <p>{words.some}</p>
          <ul>
            {excluded.map(([rule, count]) => (
              <li key={rule}>
                <Filled
                  text={words.excluded}
                  reason={excludedText(words, rule)}
                  count={countText(words, language, count)}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {children}
    </section>
  );
}
