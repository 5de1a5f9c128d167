import type { Signal } from "@preact/signals";
import { fill } from "../lib/words/shape.ts";
import { type BegunUpload, forgetUpload } from "../lib/browser/begun_uploads.ts";
import { sizeText } from "../lib/text/files.ts";
import { useLanguage, useWords } from "./words.tsx";

interface BegunUploadsProps {
  /** Of the list's heading; unlike that of any other on the page. */
  id: string;
  uploads: Signal<BegunUpload[]>;
}

/** What broke off with an earlier page. The browser gives no page a file twice, so the person chooses it again. */
export function BegunUploads({ id, uploads }: BegunUploadsProps) {
  const words = useWords("upload");
  const file = useWords("file");
  const language = useLanguage();
  if (uploads.value.length === 0) return null;
  return (
    <section class="stack-s" aria-labelledby={id}>
      <p id={id}>
        <strong>{words.begunTitle}</strong>
      </p>
      <p class="hint">{words.begunHint}</p>
      <ul class="people">
        {uploads.value.map((one) => (
          <li key={one.key}>
            <span class="name">
              <bdi>{one.name}</bdi>
              <span class="soft small">
                {fill(words.begunRow, {
                  percent: one.size === 0 ? 0 : Math.floor(100 * one.sent / one.size),
                  size: sizeText(file, language, one.size),
                })}
              </span>
            </span>
            <button
              type="button"
              class="button"
              aria-label={fill(words.onFile, { action: words.forget, name: one.name })}
              onClick={() => {
                uploads.value = uploads.value.filter(({ key }) => key !== one.key);
                void forgetUpload(one);
              }}
            >
              {words.forget}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
