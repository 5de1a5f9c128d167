import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { FileList } from "../components/FileList.tsx";
import { Empty } from "../components/Notice.tsx";
import { useOwnFiles } from "../lib/browser/own_files.ts";
import { UploadForm } from "../components/UploadForm.tsx";
import { UploadPanel } from "../components/UploadPanel.tsx";
import { WithScripts } from "../components/WithScripts.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import type { FileObject } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface ListProps {
  files: FileObject[];
  /** What arrives is shown in the view of the newest only. */
  newest: boolean;
  /** Largest file, in bytes. */
  maxBytes: number;
  unusedMs: number;
  retentionDays: number;
  /** What was wrong with a posted upload, without scripts. */
  error: string | null;
}

/** The person's files: uploaded here, and kept current over the connection while they are checked (FI-4). */
export default function Uploads(
  { words, ...list }: ListProps & { words: SomeWords<"files" | "file" | "upload"> },
) {
  return (
    <WordsProvider words={words}>
      <OwnFiles {...list} />
    </WordsProvider>
  );
}

function OwnFiles({ newest, maxBytes, unusedMs, retentionDays, error, ...props }: ListProps) {
  const words = useWords("files");
  const { files, add } = useOwnFiles(props.files);
  const live = useSignal(false);
  useEffect(() => {
    live.value = true;
  }, []);

  return (
    <>
      <section class="panel" aria-label={words.upload}>
        <WithScripts
          started={live.value}
          otherwise={<UploadForm maxBytes={maxBytes} error={error} />}
        >
          <UploadPanel
            id="upload"
            maxBytes={maxBytes}
            onFile={(file) => newest && add(file)}
          />
        </WithScripts>
      </section>
      {files.value.length > 0
        ? (
          <section class="panel" aria-label={words.title}>
            <FileList
              files={files.value}
              local={live.value}
              unusedMs={unusedMs}
              retentionDays={retentionDays}
            />
          </section>
        )
        : (
          <Empty title={words.emptyTitle}>
            <p>{words.empty}</p>
          </Empty>
        )}
    </>
  );
}
