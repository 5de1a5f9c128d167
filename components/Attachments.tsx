import type { Absence } from "../lib/protocol/mod.ts";
import { AbsentFile, Download, Media, type MediaFile } from "./Media.tsx";

export interface AttachmentsProps {
  files: readonly MediaFile[];
  /** By file id: those that cannot be had, as far as is known. */
  absent: Readonly<Record<string, Absence>>;
  /** How the list is called for those who hear it. */
  label: string;
  /** Only names, as in a list of many commands. */
  brief?: boolean;
}

/** The files that a command or an answer carries. */
export function Attachments({ files, absent, label, brief = false }: AttachmentsProps) {
  if (files.length === 0) return null;
  return (
    <ul class="files" aria-label={label}>
      {files.map((file) => {
        const absence = absent[file.fileId];
        return (
          <li key={file.fileId}>
            {absence !== undefined
              ? <AbsentFile file={file} absence={absence} />
              : brief
              ? <Download file={file} />
              : <Media file={file} />}
          </li>
        );
      })}
    </ul>
  );
}
