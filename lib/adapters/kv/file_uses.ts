import type { AttachableFile, Carried, CommandFiles } from "../../commands/ports.ts";
import { type BlobRecord, type FileRecord, type FileUse, settledMs, shownState } from "../../files/mod.ts";
import { carrierText, type Clock } from "../../platform/mod.ts";
import { type FileState, limits } from "../../protocol/mod.ts";
import type { Write } from "./committer.ts";
import { fileJobSet } from "./file_writes.ts";
import { getEntries, getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvPort } from "./port.ts";
import type { Store } from "./store.ts";

/** The content of `AttachableFile.version`. */
interface Version {
  file: string;
  sha256: string;
  blob: string | null;
  /** Until when the file is shown as `scanning` although its bytes are known (FI-3); 0 when that time is over. */
  settlesMs: number;
}

/** A person's own files that a command may carry, each with the versions that its use checks. */
export async function attachable(
  kv: KvPort,
  ownerId: string,
  fileIds: readonly string[],
  nowMs: number,
): Promise<Map<string, AttachableFile>> {
  const files = await getEntries<FileRecord>(kv, [...new Set(fileIds)].map(keys.file));
  const own = files.filter(({ value }) => value?.ownerId === ownerId) as KvEntry<FileRecord>[];
  const blobs = await getEntries<BlobRecord>(kv, own.map(({ value }) => keys.blob(value.sha256)));
  const found = own.map(({ value: file, versionstamp }, at): [string, AttachableFile] => {
    const blob = blobs[at]!;
    const settles = blob.value === null ? 0 : settledMs(file, blob.value);
    const version: Version = {
      file: versionstamp,
      sha256: file.sha256,
      blob: blob.versionstamp,
      settlesMs: settles > nowMs ? settles : 0,
    };
    const { id, sha256, name, sizeBytes: size, type } = file;
    const state = shownState(file, blob.value ?? undefined, nowMs);
    return [id, { fileId: id, sha256, name, size, type, state, version: JSON.stringify(version) }];
  });
  return new Map(found);
}

/**
 * The writes of a use of a file (FI-6, FI-7), for the commit of its carrier. They fail if the file is gone or the state of its
 * bytes has changed since it was read, as a verdict is reported only to uses that exist before it. For the same reason, a
 * file that settles during this commit gets another job.
 */
export function useWrites(
  { fileId, version, by, untilMs }: Carried,
): Required<Pick<Write, "checks" | "sets">> {
  const { file, sha256, blob, settlesMs } = JSON.parse(version) as Version;
  const sets: Required<Write>["sets"] = [
    { key: keys.fileUse(fileId, carrierText(by)), value: { untilMs } },
    { key: keys.fileUsed(fileId), value: 1 },
  ];
  if (settlesMs > 0) sets.push(fileJobSet({ dueMs: settlesMs, job: { kind: "file_settle", fileId } }));
  return {
    checks: [
      { key: keys.file(fileId), versionstamp: file },
      { key: keys.blob(sha256), versionstamp: blob },
    ],
    sets,
  };
}

/**
 * Changes until when a use keeps its file (FI-7), and writes the job that looks at the file then. Does nothing when the file or
 * the use is gone.
 */
export async function keepUse(
  { kv, committer }: Pick<Store, "kv" | "committer">,
  fileId: string,
  { by, untilMs }: FileUse,
): Promise<void> {
  for (let tries = 0; tries < limits.writeTries; tries++) {
    const [file, use] = await kv.getMany<[FileRecord, { untilMs: number }]>([
      keys.file(fileId),
      keys.fileUse(fileId, carrierText(by)),
    ]);
    if (file.value === null || use.value === null || use.value.untilMs === untilMs) return;
    const kept = await committer.commit({
      checks: [file, use],
      sets: [
        { key: use.key, value: { untilMs } },
        { key: keys.fileUsed(fileId), value: 1 },
        fileJobSet({ dueMs: untilMs, job: { kind: "file_expire", fileId } }),
      ],
    });
    if (kept.ok) return;
  }
  throw new Error("A use of a file could not be changed: too many writers at once.");
}

/** The files, as `lib/commands` needs them. */
export function kvCommandFiles(store: Pick<Store, "kv" | "committer">, clock: Clock): CommandFiles {
  const { kv } = store;
  return {
    own: (ownerId, fileIds) => attachable(kv, ownerId, fileIds, clock.now()),

    async keep(uses, untilMs) {
      for (const { fileId, by } of uses) await keepUse(store, fileId, { by, untilMs });
    },

    async states(fileIds) {
      const files = await getValues<FileRecord>(kv, [...new Set(fileIds)].map(keys.file));
      const known = files.filter((file) => file !== null);
      const blobs = await getValues<BlobRecord>(kv, known.map(({ sha256 }) => keys.blob(sha256)));
      const now = clock.now();
      return new Map(
        known.map((
          file,
          at,
        ): [string, FileState] => [file.id, shownState(file, blobs[at] ?? undefined, now)]),
      );
    },
  };
}
