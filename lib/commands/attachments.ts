import type { Caller, FileCarrier } from "../platform/mod.ts";
import { type Command, Refusal } from "../protocol/mod.ts";
import type {
  AttachableFile,
  Carried,
  CommandFiles,
  CommandRecord,
  StateRecord,
  StoredState,
} from "./ports.ts";

/** The files of a draft or an answer. */
export interface Attached {
  attachments: Command["attachments"];
  /** The files as they were read; the write that attaches them fails if one has changed. */
  files: AttachableFile[];
  /** All are `clean`. */
  clean: boolean;
}

export const nothingAttached: Attached = { attachments: [], files: [], clean: true };

/**
 * CM-2, FI-6: attaches the caller's own files. Files that are still being checked are allowed, rejected ones are not. Another
 * person's file gets the same answer as one that does not exist.
 */
export async function attach(
  files: Pick<CommandFiles, "own">,
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
      return new Refusal("not_found", "send.noFile", {
        fields: { [field]: "field.ownFiles" },
      });
    }
    if (file.state === "rejected") {
      return new Refusal("not_clean", "send.rejectedFile", {
        fields: { [field]: "field.rejectedFile" },
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

/** Uses of the files until a time, for the commit of the command or answer. */
export function carried({ files }: Attached, by: FileCarrier, untilMs: number): Carried[] {
  return files.map(({ fileId, version }) => ({ fileId, version, by, untilMs }));
}

/** The uses of files by a command, and by the proof in its recipients' answers, also in those that were returned. */
export function usesBy(
  { command: { id: commandId, attachments } }: CommandRecord,
  states: readonly StoredState[] = [],
): Pick<Carried, "fileId" | "by">[] {
  const by: FileCarrier = { kind: "command", commandId };
  return [
    ...attachments.map(({ fileId }) => ({ fileId, by })),
    ...states.flatMap(({ userId, record }) =>
      proofFiles(record).map((fileId) => ({ fileId, by: { kind: "proof" as const, commandId, userId } }))
    ),
  ];
}

/** Ids of the files that a recipient submitted, also of what was returned. */
export function proofFiles({ proof, timeline }: Pick<StateRecord, "proof" | "timeline">): string[] {
  const all = [...proof, ...timeline.flatMap(({ proof = [] }) => proof)];
  return [...new Set(all.map(({ fileId }) => fileId))];
}
