import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FileObject } from "../lib/protocol/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { BegunUploads } from "./BegunUploads.tsx";
import { type BegunUpload, begunUploads } from "../lib/browser/begun_uploads.ts";
import { paceText, sizeText } from "../lib/text/files.ts";
import { UploadQueue, type UploadRow } from "../lib/browser/upload_queue.ts";
import { useLanguage, useWords } from "./words.tsx";

interface UploadPanelProps {
  /** Of the file field; unlike that of any other on the page. */
  id: string;
  maxBytes: number;
  /** A file has arrived and is being checked. */
  onFile: (file: FileObject) => void;
}

/** Takes files by choosing or dropping them and shows how far each is. Only for the browser: without scripts there is a form. */
export function UploadPanel({ id, maxBytes, onFile }: UploadPanelProps) {
  const words = useWords("upload");
  const fileSection = useWords("file");
  const language = useLanguage();
  const rows = useSignal<UploadRow[]>([]);
  const over = useSignal(false);
  const said = useSignal("");
  const begun = useSignal<BegunUpload[]>([]);
  // On at first, whatever was chosen before: nobody sends a place by a habit.
  const cleans = useSignal(true);
  const queue = useRef<UploadQueue | null>(null);
  // The handler of the newest rendering: the queue outlives many.
  const taker = useRef(onFile);
  taker.current = onFile;

  useEffect(() => {
    const failed = new Set<number>();
    const made = new UploadQueue(maxBytes, language, words, {
      changed: (now) => {
        rows.value = now;
        for (const { key, step, name } of now) {
          if (step !== "failed" && step !== "asking") failed.delete(key);
          else if (!failed.has(key)) {
            failed.add(key);
            said.value = fill(step === "asking" ? words.askedAbout : words.notUploaded, { name });
          }
        }
      },
      arrived: (file) => {
        said.value = fill(words.arrived, { name: file.name });
        taker.current(file);
      },
    });
    queue.current = made;
    void begunUploads().then((found) => {
      begun.value = found.filter(({ name }) => !rows.value.some((row) => row.name === name));
    });
    const leaving = (event: BeforeUnloadEvent) => {
      if (rows.value.some(({ step }) => step === "sending")) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("beforeunload", leaving);
      made.close();
    };
  }, []);

  const bytes = (count: number) => sizeText(fileSection, language, count);
  const take = (files: FileList | null | undefined) => {
    const chosen = [...files ?? []];
    if (chosen.length === 0) return;
    said.value = plural(language, words.begun, chosen.length);
    begun.value = begun.value.filter(({ name }) => !chosen.some((file) => file.name === name));
    queue.current?.add(
      chosen,
      cleans.value,
      ({ size }) => fill(words.tooLarge, { size: bytes(size), most: bytes(maxBytes) }),
    );
  };

  return (
    <div class="uploads">
      <div
        class={over.value ? "drop drop-over" : "drop"}
        onDragOver={(event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => over.value = false}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          take(event.dataTransfer?.files);
        }}
      >
        <label for={id}>{words.label}</label>
        <input
          type="file"
          class="file-input"
          id={id}
          multiple
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <p class="hint" id={`${id}-hint`}>
          {fill(words.hint, { size: bytes(maxBytes) })}
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={cleans.value}
            onChange={(event) => cleans.value = event.currentTarget.checked}
          />
          <span>
            {words.removeData}
            <span class="hint">{words.removeDataHint}</span>
          </span>
        </label>
      </div>
      <BegunUploads id={`${id}-begun`} uploads={begun} />
      <p class="visually-hidden" role="status">{said.value}</p>
      {rows.value.length === 0 ? null : (
        <ul class="people" aria-label={words.list}>
          {rows.value.map((row) => (
            <Row key={row.key} row={row} id={`${id}-${row.key}`} queue={queue.current} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ row, id, queue }: { row: UploadRow; id: string; queue: UploadQueue | null }) {
  const words = useWords("upload");
  const [file, language] = [useWords("file"), useLanguage()];
  const whole = sizeText(file, language, row.size);
  const { key, name, size, sent, step, pace, problem, cleaned } = row;
  const percent = size === 0 ? 100 : Math.floor(100 * sent / size);
  return (
    <li class="upload">
      <span class="name">
        <bdi id={id}>{name}</bdi>
        <progress max={100} value={percent} aria-labelledby={id} />
        <span class="soft small">
          {fill(words.progress, { step: words[step], percent, size: whole })}
          {pace === null ? null : ` · ${paceText(words, file, language, pace)}`}
        </span>
        {cleaned ? <span class="soft small">{words.dataRemoved}</span> : null}
        {step === "asking" ? <span>{words.unremovable}</span> : null}
        {problem === null ? null : <span class="field-error">{problem}</span>}
      </span>
      <span class="row">
        {step === "sending" || step === "waiting"
          ? <Act label={words.pause} name={name} onClick={() => queue?.pause(key)} />
          : row.fits
          ? (
            <Act
              label={step === "failed" ? words.tryAgain : step === "asking" ? words.sendAsIs : words.resume}
              name={name}
              onClick={() => queue?.resume(key)}
            />
          )
          : null}
        <Act label={words.cancel} name={name} onClick={() => queue?.cancel(key)} />
      </span>
    </li>
  );
}

function Act({ label, name, onClick }: { label: string; name: string; onClick: () => void }) {
  const { onFile } = useWords("upload");
  return (
    <button type="button" class="button" aria-label={fill(onFile, { action: label, name })} onClick={onClick}>
      {label}
    </button>
  );
}
