import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { FieldError } from "../components/Field.tsx";
import { WithScripts } from "../components/WithScripts.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import { hashOfFile } from "../lib/browser/file_hash.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface RemovalFilesProps {
  /** Of files that were chosen before. */
  hashes: readonly string[];
  most: number;
  error: string | undefined;
}

interface Chosen {
  name: string | null;
  hash: string;
}

/** MO-8: the files of a request. With scripts they are hashed here, and only their hashes are in the form. */
export default function RemovalFiles(
  { words, ...props }: RemovalFilesProps & { words: SomeWords<"removals"> },
) {
  return (
    <WordsProvider words={words}>
      <Files {...props} />
    </WordsProvider>
  );
}

function Files({ hashes, most, error }: RemovalFilesProps) {
  const words = useWords("removals");
  const live = useSignal(false);
  const chosen = useSignal<readonly Chosen[]>(hashes.map((hash) => ({ name: null, hash })));
  const status = useSignal("");
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);

  const add = async (files: readonly File[]) => {
    busy.value = true;
    status.value = "";
    for (const file of files) {
      if (chosen.value.length >= most) {
        status.value = fill(words.tooMany, { count: String(most) });
        break;
      }
      const { name } = file;
      const hash = await hashOfFile(file, (bytes) => {
        const percent = String(Math.floor(100 * bytes / file.size));
        status.value = fill(words.hashing, { name, percent });
      }).catch(() => null);
      if (hash === null) {
        status.value = fill(words.unread, { name });
        break;
      }
      status.value = "";
      chosen.value = [...chosen.value.filter((one) => one.hash !== hash), { name, hash }];
    }
    busy.value = false;
  };
  const take = () => {
    const field = input.current;
    if (field === null || field.files === null || field.files.length === 0 || busy.value) return;
    const files = [...field.files];
    field.value = "";
    void add(files);
  };
  useEffect(() => {
    live.value = true;
    // What was chosen before the page was live.
    take();
  }, []);

  return (
    <div class="field">
      <label for="file">{words.files}</label>
      <p class="hint" id="file-hint">{fill(words.filesHint, { count: String(most) })}</p>
      <WithScripts started={live.value} otherwise={<p class="hint">{words.leaves}</p>}>
        <p class="hint">{words.stays}</p>
      </WithScripts>
      <input
        ref={input}
        type="file"
        class="file-input"
        id="file"
        // Without a name no byte of it is in the form.
        name={live.value ? undefined : "file"}
        multiple
        required={chosen.value.length === 0}
        disabled={busy.value}
        onChange={take}
        aria-describedby={error === undefined ? "file-hint" : "file-hint hashes-error"}
        aria-invalid={error === undefined ? undefined : "true"}
      />
      <p class="small" role="status">{status.value}</p>
      <FieldError name="hashes" error={chosen.value.length === 0 ? error : undefined} />
      {chosen.value.length === 0 ? null : (
        <ul class="plain stack-s" aria-label={words.chosen}>
          {chosen.value.map(({ name, hash }) => (
            <li key={hash} class="row">
              <input type="hidden" name="hash" value={hash} />
              <span>
                <bdi>{name ?? words.kept}</bdi> <code class="small">{hash.slice(0, 12)}…</code>
              </span>
              {live.value
                ? (
                  <button
                    type="button"
                    class="button button-quiet"
                    aria-label={`${words.forget}: ${name ?? hash.slice(0, 12)}`}
                    onClick={() => (chosen.value = chosen.value.filter((one) => one.hash !== hash))}
                  >
                    {words.forget}
                  </button>
                )
                : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
