import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FileObject } from "../lib/protocol/mod.ts";
import { sizeText } from "./file_text.ts";
import { plural } from "./page_text.ts";
import { UploadQueue, type UploadRow } from "./upload_queue.ts";

interface UploadPanelProps {
  /** Of the file field; unlike that of any other on the page. */
  id: string;
  maxBytes: number;
  /** A file has arrived and is being checked. */
  onFile: (file: FileObject) => void;
}

/** Takes files by choosing or dropping them and shows how far each is. Only for the browser: without scripts there is a form. */
export function UploadPanel({ id, maxBytes, onFile }: UploadPanelProps) {
  const rows = useSignal<UploadRow[]>([]);
  const over = useSignal(false);
  const said = useSignal("");
  const queue = useRef<UploadQueue | null>(null);
  // The handler of the newest rendering: the queue outlives many.
  const taker = useRef(onFile);
  taker.current = onFile;

  useEffect(() => {
    const failed = new Set<number>();
    const made = new UploadQueue(maxBytes, {
      changed: (now) => {
        rows.value = now;
        for (const { key, step, name } of now) {
          if (step !== "failed") failed.delete(key);
          else if (!failed.has(key)) {
            failed.add(key);
            said.value = `${name} was not uploaded.`;
          }
        }
      },
      arrived: (file) => {
        said.value = `${file.name} was uploaded and is being checked.`;
        taker.current(file);
      },
    });
    queue.current = made;
    const leaving = (event: BeforeUnloadEvent) => {
      if (rows.value.some(({ step }) => step === "sending")) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("beforeunload", leaving);
      made.close();
    };
  }, []);

  const take = (files: FileList | null | undefined) => {
    const chosen = [...files ?? []];
    if (chosen.length === 0) return;
    said.value = `Uploading ${plural(chosen.length, "file", "files")}.`;
    queue.current?.add(
      chosen,
      ({ size }) => `It has ${sizeText(size)}; a file is at most ${sizeText(maxBytes)}.`,
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
        <label for={id}>Upload files</label>
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
          Or drop them here. Each up to{" "}
          {sizeText(maxBytes)}; any type. All are checked before anybody gets them.
        </p>
      </div>
      <p class="visually-hidden" role="status">{said.value}</p>
      {rows.value.length === 0 ? null : (
        <ul class="people" aria-label="Uploads">
          {rows.value.map((row) => (
            <Row key={row.key} row={row} id={`${id}-${row.key}`} queue={queue.current} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ row, id, queue }: { row: UploadRow; id: string; queue: UploadQueue | null }) {
  const { key, name, size, sent, step, problem } = row;
  const percent = size === 0 ? 100 : Math.floor(100 * sent / size);
  return (
    <li class="upload">
      <span class="name">
        <bdi id={id}>{name}</bdi>
        <progress max={100} value={percent} aria-labelledby={id} />
        <span class="soft small">
          {words[step]}: {percent} % of {sizeText(size)}
        </span>
        {problem === null ? null : <span class="field-error">{problem}</span>}
      </span>
      <span class="row">
        {step === "sending" || step === "waiting"
          ? <Act label="Pause" name={name} onClick={() => queue?.pause(key)} />
          : row.fits
          ? (
            <Act
              label={step === "failed" ? "Try again" : "Resume"}
              name={name}
              onClick={() => queue?.resume(key)}
            />
          )
          : null}
        <Act label="Cancel" name={name} onClick={() => queue?.cancel(key)} />
      </span>
    </li>
  );
}

const words: Readonly<Record<UploadRow["step"], string>> = {
  waiting: "Waiting",
  sending: "Uploading",
  paused: "Paused",
  failed: "Not uploaded",
};

function Act({ label, name, onClick }: { label: string; name: string; onClick: () => void }) {
  return (
    <button type="button" class="button" aria-label={`${label}: ${name}`} onClick={onClick}>{label}</button>
  );
}
