import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { FileList } from "../components/FileList.tsx";
import { Empty } from "../components/Notice.tsx";
import { useOwnFiles } from "../components/own_files.ts";
import { UploadForm } from "../components/UploadForm.tsx";
import { UploadPanel } from "../components/UploadPanel.tsx";
import type { FileObject } from "../lib/protocol/mod.ts";

interface UploadsProps {
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

/** The person's files: uploaded here, and kept current over the line while they are checked (FI-4). */
export default function Uploads(
  { newest, maxBytes, unusedMs, retentionDays, error, ...props }: UploadsProps,
) {
  const { files, add } = useOwnFiles(props.files);
  const live = useSignal(false);
  useEffect(() => {
    live.value = true;
  }, []);

  return (
    <>
      <section class="panel" aria-label="Upload">
        {live.value
          ? (
            <UploadPanel
              id="upload"
              maxBytes={maxBytes}
              onFile={(file) => newest && add(file)}
            />
          )
          : <UploadForm maxBytes={maxBytes} error={error} />}
      </section>
      {files.value.length > 0
        ? (
          <section class="panel" aria-label="Files">
            <FileList
              files={files.value}
              local={live.value}
              unusedMs={unusedMs}
              retentionDays={retentionDays}
            />
          </section>
        )
        : (
          <Empty title="No files yet">
            <p>Upload one above. When it has passed the checks you can attach it to what you send.</p>
          </Empty>
        )}
    </>
  );
}
