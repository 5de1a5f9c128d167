import type { Caller } from "../platform/mod.ts";
import { type Command, Refusal } from "../protocol/mod.ts";
import type { AttachableFile, Carried, CommandFiles } from "./ports.ts";

/** The files of a draft or an answer, as the command carries them. */
export interface Attached {
  attachments: Command["attachments"];
  /** What makes the write that follows safe. */
  files: AttachableFile[];
  /** All have passed the checks. */
  clean: boolean;
}

export const nothingAttached: Attached = { attachments: [], files: [], clean: true };

/**
 * CM-2, FI-6: the caller's own files by their ids. What is still being checked may be taken, what was rejected not;
 * somebody else's is answered like one that is not there.
 */
export async function attach(
  files: CommandFiles,
  caller: Caller,
  fileIds: readonly string[],
  field: string,
): Promise<Attached | Refusal> {
  const ids = [...new Set(fileIds)];
  if (ids.length === 0) return nothingAttached;
  const own = await files.own(caller.userId, ids);
  const taken: AttachableFile[] = [];
  for (const id of ids) {
    const file = own.get(id);
    if (file === undefined) {
      return new Refusal("not_found", "There is no such file of yours. Upload it first.", {
        fields: { [field]: "names a file that is not yours or not there" },
      });
    }
    if (file.state === "rejected") {
      return new Refusal("not_clean", "A file did not pass the checks and cannot be sent. Leave it out.", {
        fields: { [field]: "names a file that did not pass the checks" },
      });
    }
    taken.push(file);
  }
  return {
    attachments: taken.map(({ fileId, sha256, name, size, type }) => ({ fileId, sha256, name, size, type })),
    files: taken,
    clean: taken.every(({ state }) => state === "clean"),
  };
}

/** That something carries the files until a time; for the commit of what carries them. */
export function carried({ files }: Attached, by: string, untilMs: number): Carried[] {
  return files.map(({ fileId, version }) => ({ fileId, version, by, untilMs }));
}
