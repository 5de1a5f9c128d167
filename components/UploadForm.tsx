import { fill } from "../lib/words/shape.ts";
import { sizeText } from "../lib/text/files.ts";
import { FieldError } from "./Field.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** One file, as a form that works before scripts load. */
export function UploadForm({ maxBytes, error }: { maxBytes: number; error: string | null }) {
  const words = useWords("files");
  const most = sizeText(useWords("file"), useLanguage(), maxBytes);
  const described = error === null ? "file-hint" : "file-hint file-error";
  return (
    <form class="form" method="post" action="/files" enctype="multipart/form-data">
      <div class="field">
        <label for="file">{words.file}</label>
        <p class="hint" id="file-hint">
          {fill(words.fileHint, { size: most })} {words.photoHint}
        </p>
        <input
          type="file"
          class="file-input"
          id="file"
          name="file"
          required
          aria-describedby={described}
          aria-invalid={error === null ? undefined : "true"}
        />
        <FieldError name="file" error={error ?? undefined} />
      </div>
      <div>
        <button type="submit" class="button button-main">{words.upload}</button>
      </div>
    </form>
  );
}
