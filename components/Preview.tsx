import type { ComponentChildren } from "preact";
import type { AudienceCounts } from "../lib/protocol/mod.ts";
import { countText, excludedText, previewText } from "./count_text.ts";

/** Whom a command would reach, before it is sent (BR-3). */
export function Preview({ counts, children }: { counts: AudienceCounts; children?: ComponentChildren }) {
  const excluded = Object.entries(counts.excluded).filter(([, count]) => count !== 0);
  return (
    <section class="panel preview" id="preview" aria-labelledby="preview-title" role="status">
      <h2 id="preview-title">Preview</h2>
      <p>{previewText(counts)} Nothing was sent.</p>
      {excluded.length === 0 ? null : (
        <>
          <p>Some would not get it:</p>
          <ul>
            {excluded.map(([rule, count]) => <li key={rule}>{excludedText(rule)}: {countText(count)}</li>)}
          </ul>
        </>
      )}
      {children}
    </section>
  );
}
