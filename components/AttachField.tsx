import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FileObject } from "../lib/protocol/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { Group } from "./Field.tsx";
import { factsText, fileWords, isSendable } from "../lib/text/files.ts";
import { useOwnFiles } from "../lib/browser/own_files.ts";
import { UploadPanel } from "./UploadPanel.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

export interface AttachFieldProps {
  /** The form's field, once for each chosen file. */
  name: "attachments" | "proof";
  /** Unlike that of any other on the page. */
  id: string;
  legend: string;
  hint: string;
  /** The person's own that can be chosen, newest first. */
  files: FileObject[];
  chosen: string[];
  /** How many may be chosen. */
  most: number;
  /** Largest file, in bytes. */
  maxBytes: number;
  error?: string | undefined;
}

/** Which of one's own files go with something; in the browser new ones can be uploaded right here. */
export function AttachField(props: AttachFieldProps) {
  const { name, id, legend, hint, most, maxBytes, error } = props;
  const words = useWords("upload");
  const fileSection = useWords("file");
  const language = useLanguage();
  const { files, add } = useOwnFiles(props.files);
  const chosen = useSignal<ReadonlySet<string>>(new Set(props.chosen));
  const live = useSignal(false);
  useEffect(() => {
    live.value = true;
  }, []);

  // What did not pass the checks meanwhile is shown, and not sent.
  const isFull = () =>
    files.value.filter((file) => chosen.value.has(file.id) && isSendable(file)).length >= most;
  const full = isFull();
  const tick = (fileId: string, on: boolean) => {
    const next = new Set(chosen.value);
    if (on) next.add(fileId);
    else next.delete(fileId);
    chosen.value = next;
  };

  return (
    <Group name={id} legend={legend} hint={hint} error={error}>
      {files.value.map((file) => {
        const usable = isSendable(file);
        const on = usable && chosen.value.has(file.id);
        const facts = factsText(fileSection, language, file);
        return (
          <label class="check" key={file.id}>
            <input
              type="checkbox"
              name={name}
              value={file.id}
              checked={on}
              disabled={!usable || (live.value && !on && full)}
              onChange={(event) => tick(file.id, event.currentTarget.checked)}
            />
            <span>
              <bdi>{file.name}</bdi>
              <span class="hint">
                {file.state === "clean"
                  ? facts
                  : fill(words.choice, { facts, state: fileWords(fileSection, file.state).label })}
              </span>
            </span>
          </label>
        );
      })}
      {live.value
        ? (
          <UploadPanel
            id={`${id}-upload`}
            maxBytes={maxBytes}
            onFile={(file) => {
              add(file);
              if (!isFull()) tick(file.id, true);
            }}
          />
        )
        : (
          <p class="small">
            <Filled
              text={files.value.length === 0 ? words.none : words.another}
              link={<a href="/files">{files.value.length === 0 ? words.noneLink : words.anotherLink}</a>}
            />
          </p>
        )}
    </Group>
  );
}
