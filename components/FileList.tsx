import type { FileObject } from "../lib/protocol/mod.ts";
import { fileWords, isSendable, shownAs } from "./file_text.ts";
import { FileFacts } from "./FileFacts.tsx";
import { Download, Media } from "./Media.tsx";
import { Time } from "./Time.tsx";

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
    <ul class="people" aria-label="Your files">
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
  const { label, tone, sentence } = fileWords(file.state);
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
        <span class="small">{sentence}</span>
        <span class="soft small">
          {unused
            ? (
              <>
                Nothing uses it: it goes on <Time value={file.expiresAt} local={local} />
                {isSendable(file) ? ", unless you send it." : "."}
              </>
            )
            : (
              <>
                Goes on <Time value={file.expiresAt} local={local} />, {retentionDays}{" "}
                days after the end of the last command that carries it.
              </>
            )}
        </span>
      </div>
      <div class="row wide">
        {isSendable(file)
          ? <a class="button" href={`/send?attachments=${file.id}`} aria-label={`Send: ${file.name}`}>Send</a>
          : null}
        {file.state === "clean" && shownAs(file.type) !== null
          ? (
            <details class="button-menu">
              <summary class="button" aria-label={`Preview: ${file.name}`}>Preview</summary>
              <div class="menu">
                <Media file={named} />
              </div>
            </details>
          )
          : null}
        <details class="button-menu">
          <summary class="button button-quiet" aria-label={`Delete: ${file.name}`}>Delete</summary>
          <form class="menu" method="post" action="/files" aria-label={`Delete ${file.name} for good`}>
            <input type="hidden" name="id" value={file.id} />
            <p class="small">Deleted is deleted. What others already saved stays with them.</p>
            <div>
              <button type="submit" class="button" name="action" value="remove">Delete it for good</button>
            </div>
          </form>
        </details>
      </div>
    </>
  );
}
