import {
  type BlobRecord,
  type FileRecord,
  type FileStore,
  type RefusedHash,
  settlesMsOf,
  type UploadRecord,
} from "../../files/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { blobWrites } from "./blob_writes.ts";
import type { Write } from "./committer.ts";
import { fileJobSet, uploadWrites, type Usage } from "./file_writes.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvEntryMaybe } from "./port.ts";
import { scanWrites } from "./scan_writes.ts";
import type { Store } from "./store.ts";

type Given = Parameters<FileStore["add"]>;
type Added = Awaited<ReturnType<FileStore["add"]>>;

interface Waiting {
  given: Given;
  settle: PromiseWithResolvers<Added>;
}

/** What is read for one file. */
interface Found {
  blob: KvEntryMaybe<BlobRecord>;
  refused: KvEntryMaybe<RefusedHash>;
  refsEntry: KvEntryMaybe<1>;
  upload: KvEntryMaybe<UploadRecord> | undefined;
}

type Parts = Required<Pick<Write, "checks" | "sets" | "deletes" | "valueBytes">>;

/** Files in one commit: their checks are below the store's limit of 100. */
const atOnce = 20;

/**
 * Group commit for files: all files of a person count in one usage record, so no two commits can add some at once. Those that
 * come while one commit is synced share the next one.
 */
export class FileAdds {
  readonly #store: Store;
  /** By owner, while a commit of theirs is under way. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  add(...given: Given): Promise<Added> {
    const { ownerId } = given[0];
    const settle = Promise.withResolvers<Added>();
    const waiting = this.#waiting.get(ownerId);
    if (waiting !== undefined) waiting.push({ given, settle });
    else {
      const begun = [{ given, settle }];
      this.#waiting.set(ownerId, begun);
      void this.#work(ownerId, begun);
    }
    return settle.promise;
  }

  async #work(ownerId: string, waiting: Waiting[]): Promise<void> {
    // Those who call in the same turn share the first commit.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      try {
        await this.#addGroup(ownerId, group);
      } catch (error) {
        for (const { settle } of group) settle.reject(error);
      }
    }
    this.#waiting.delete(ownerId);
  }

  /** Settles each; throws when the commit failed. */
  async #addGroup(ownerId: string, group: readonly Waiting[]): Promise<void> {
    let open = group;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const { usage, found } = await this.#read(ownerId, open);
      const parts: Parts = { checks: [usage], sets: [], deletes: [], valueBytes: 0 };
      const used = { bytes: 0, files: 0, ...usage.value };
      const added: { waiting: Waiting; record: FileRecord }[] = [];
      for (const [at, waiting] of open.entries()) {
        const answer = await this.#put(waiting.given, found[at]!, used, parts);
        if (typeof answer === "string" || "known" in answer) {
          waiting.settle.resolve(typeof answer === "string" ? answer : answer.known);
        } else added.push({ waiting, record: answer.record });
      }
      if (added.length === 0) return;
      parts.sets.push({ key: keys.usage(ownerId), value: used });
      if ((await this.#store.committer.commit(parts)).ok) {
        for (const { waiting, record } of added) waiting.settle.resolve(record);
        return;
      }
      open = added.map(({ waiting }) => waiting);
    }
    throw new Error("A file could not be written: too many writers at once.");
  }

  async #read(
    ownerId: string,
    group: readonly Waiting[],
  ): Promise<{ usage: KvEntryMaybe<Usage>; found: Found[] }> {
    const wanted = group.flatMap(({ given: [{ sha256 }, , also] }) => [
      keys.blob(sha256),
      keys.refused(sha256),
      keys.refMark(sha256),
      ...also === undefined ? [] : [keys.upload(also.upload.id)],
    ]);
    const [usage, ...entries] = await getEntries(this.#store.kv, [keys.usage(ownerId), ...wanted]);
    const next = <T>() => entries.shift() as KvEntryMaybe<T>;
    const found = group.map(({ given: [, , also] }): Found => ({
      blob: next(),
      refused: next(),
      refsEntry: next(),
      upload: also && next(),
    }));
    return { usage: usage as KvEntryMaybe<Usage>, found };
  }

  /** Adds a file's writes to `parts` and its bytes to `used`; or says why not, or which file is there already. */
  async #put(
    [file, bounds, also]: Given,
    { blob, refused, refsEntry, upload }: Found,
    used: Usage,
    parts: Parts,
  ): Promise<Exclude<Added, FileRecord> | { known: FileRecord } | { record: FileRecord }> {
    const { id, ownerId, sha256, sizeBytes, createdMs, type } = file;
    if (upload?.value === null) return "gone";
    if (upload?.value.fileId) {
      // The upload is finished: the same upload gives the same file.
      const known = (await this.#store.kv.get<FileRecord>(keys.file(upload.value.fileId))).value;
      return known === null ? "gone" : { known };
    }
    if (refused.value !== null) return "refused";
    if (bounds.refsVersion !== undefined && bounds.refsVersion !== refsEntry.versionstamp) return "changed";
    if (used.bytes + sizeBytes > bounds.quotaBytes) return "over_quota";
    if (used.files + 1 > limits.filesPerPerson) return "too_many";
    used.bytes += sizeBytes;
    used.files++;
    const record: FileRecord = { ...file, settlesMs: settlesMsOf(createdMs, blob.value) };
    parts.checks.push(blob, refused, refsEntry);
    parts.valueBytes += 8 * 1024;
    parts.sets.push(
      { key: keys.file(id), value: record },
      { key: keys.fileOf(ownerId, id), value: 1 },
      { key: keys.ref(sha256, id), value: 1 },
      { key: keys.refMark(sha256), value: 1 },
      fileJobSet({ dueMs: createdMs + limits.fileUnusedMs, job: { kind: "file_expire", fileId: id } }),
    );
    if (blob.value === null) {
      const added: BlobRecord = { sha256, sizeBytes, type, state: "scanning", createdMs, scanMs: null };
      parts.sets.push(...blobWrites(null, added).sets, ...scanWrites(sha256, createdMs));
    } else if (record.settlesMs > createdMs) {
      parts.sets.push(
        fileJobSet({ dueMs: record.settlesMs, job: { kind: "file_settle", fileId: id } }),
      );
    }
    if (upload !== undefined) {
      const ended = uploadWrites(also!.upload);
      parts.checks.push(upload);
      parts.sets.push(...ended.sets);
      parts.deletes.push(...ended.deletes);
    }
    return { record };
  }
}

/** Takes the next files, none with the same bytes or of the same upload: the second one's checks would be about the first. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  const group: Waiting[] = [];
  const taken = new Set<string>();
  for (let at = 0; at < waiting.length && group.length < atOnce;) {
    const one = waiting[at]!;
    const [{ sha256 }, , also] = one.given;
    const names = [sha256, ...also === undefined ? [] : [also.upload.id]];
    if (names.some((name) => taken.has(name))) {
      at++;
      continue;
    }
    for (const name of names) taken.add(name);
    group.push(one);
    waiting.splice(at, 1);
  }
  return group;
}
