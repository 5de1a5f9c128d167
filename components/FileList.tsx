import type { FileObject } from "../lib/protocol/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { fileWords, isSendable, shownAs } from "../lib/text/files.ts";
import { FileFacts } from "./FileFacts.tsx";
import { Download, Media } from "./Media.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface FileListProps {
  files: readonly FileObject[];
  local: boolean;
  /** How long a file is kept that nothing uses; longer ones are kept for what carries them. */
  unusedMs: number;
  retentionDays: number;
}

/** A person's own files: what each is, how it stands, and when it goes. */
export function FileList({ files, ...rest }: FileListProps) {
  return (
    <ul class="people" aria-label={useWords("files").list}>
      {files.map((file) => (
        <li key={file.id}>
          <FileRow {...rest} file={file} />
        </li>
      ))}
    </ul>
  );
}

function FileRow(
  { file, local, unusedMs, retentionDays }: Omit<FileListProps, "files"> & { file: FileObject },
) {
  const words = useWords("files");
  const language = useLanguage();
  const { label, tone } = fileWords(useWords("file"), file.state);
  const named = { fileId: file.id, name: file.name, size: file.size, type: file.type };
  const unused = Date.parse(file.expiresAt) - Date.parse(file.createdAt) <= unusedMs;
  return (
    <>
      <div class="name">
        <span class="row">
          {file.state === "clean" ? <Download file={named} /> : (
            <span class="file-line">
              <bdi>{file.name}</bdi>
              <FileFacts {...named} />
            </span>
          )}
          <span class="state" data-tone={tone}>{label}</span>
        </span>
        <span class="small">{words[file.state]}</span>
        <span class="soft small">
          <Filled
            text={unused
              ? isSendable(file) ? words.unusedUnlessSent : words.unused
              : plural(language, words.goes, retentionDays)}
            time={<Time value={file.expiresAt} local={local} />}
          />
        </span>
      </div>
      <div class="row wide">
        {isSendable(file)
          ? (
            <a
              class="button"
              href={`/send?attachments=${file.id}`}
              aria-label={fill(words.sendLabel, { name: file.name })}
            >
              {words.send}
            </a>
          )
          : null}
        {file.state === "clean" && shownAs(file.type) !== null
          ? (
            <details class="button-menu">
              <summary class="button" aria-label={fill(words.previewLabel, { name: file.name })}>
                {words.preview}
              </summary>
              <div class="menu">
                <Media file={named} />
              </div>
            </details>
          )
          : null}
        <details class="button-menu">
          <summary class="button button-quiet" aria-label={fill(words.deleteLabel, { name: file.name })}>
            {words.delete}
          </summary>
          <form
            class="menu"
            method="post"
            action="/files"
            aria-label={fill(words.deleteForm, { name: file.name })}
          >
            <input type="hidden" name="id" value={file.id} />
            <p class="small">{words.deleteLead}</p>
            <div>
              <button type="submit" class="button" name="action" value="remove">{words.deleteForGood}</button>
            </div>
          </form>
        </details>
      </div>
    </>
  );
}
