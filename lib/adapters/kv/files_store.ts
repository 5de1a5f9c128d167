import {
  type BlobRecord,
  type FileRecord,
  type FileStore,
  type FileUse,
  type RefusedHash,
  type UploadRecord,
} from "../../files/mod.ts";
import { type Clock, parseCarrier } from "../../platform/mod.ts";
import { limits, type Verdict } from "../../protocol/mod.ts";
import { FileAdds } from "./file_adds.ts";
import { keepUse } from "./file_uses.ts";
import { fileJobSet, inForce, removalWrite, uploadWrites, type Usage } from "./file_writes.ts";
import { getEntries, getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey, KvListOptions } from "./port.ts";
import type { ScanRecord } from "./scan_writes.ts";
import { kvQuarantine } from "./quarantine_store.ts";
import type { Store } from "./store.ts";

export { attachable, kvCommandFiles, useWrites } from "./file_uses.ts";

/** Jobs in one commit. */
const jobsAtOnce = 200;
/** Uses that one commit removes together with their file; others are removed before it. */
const usesAtOnce = 300;
/**
 * Time that the references' version is kept after the bytes are removed. An upload that has just kept these bytes adds its
 * file well within it, and sees the removal.
 */
const sweptMarkMs = 3600_000;

/** Files, blobs, usage and resumable uploads in Deno KV. */
export function kvFileStore(store: Store, clock: Clock): FileStore {
  const { kv, committer } = store;
  const adds = new FileAdds(store);

  async function listed<V>(prefix: KvKey, options?: KvListOptions): Promise<KvEntry<V>[]> {
    const entries: KvEntry<V>[] = [];
    for await (const entry of kv.list<V>({ prefix }, options)) entries.push(entry);
    return entries;
  }

  async function usesOfOne(fileId: string): Promise<FileUse[]> {
    const entries = await listed<{ untilMs: number }>(keys.usesOf(fileId));
    return entries.map(({ key, value }) => ({ by: parseCarrier(key[2] as string), untilMs: value.untilMs }));
  }

  async function remove(file: FileRecord, asOf: string | null): Promise<boolean> {
    const { id, ownerId, sha256 } = file;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const uses = await listed<unknown>(keys.usesOf(id));
      if (uses.length > usesAtOnce) {
        // These uses have ended, or the caller would not remove the file; a new use fails the check.
        const checks = [{ key: keys.fileUsed(id), versionstamp: asOf }];
        const deletes = uses.slice(0, usesAtOnce).map(({ key }) => key);
        if (!(await committer.commit({ checks, deletes })).ok) return false;
        tries--;
        continue;
      }
      const [stored, used, usage, refsEntry, blob, scan] = await kv.getMany<
        [FileRecord, 1, Usage, 1, BlobRecord, ScanRecord]
      >([
        keys.file(id),
        keys.fileUsed(id),
        keys.usage(ownerId),
        keys.refMark(sha256),
        keys.blob(sha256),
        keys.scan(sha256),
      ]);
      if (stored.value === null) return true;
      const holds = await getEntries(kv, [
        keys.hold("file", id),
        keys.hold("blob", sha256),
        keys.hold("user", ownerId),
      ]);
      if (used.versionstamp !== asOf || holds.some((hold) => inForce(hold, clock.now()))) return false;
      const refs = await listed(keys.refsOf(sha256), { limit: 2 });
      const quarantine = await kv.get(keys.quarantine(sha256));
      const isLast = quarantine.value === null && refs.every(({ key }) => key[2] === id);
      const verdicts = isLast ? await listed<Verdict>(keys.verdictsOf(sha256)) : [];
      const write = removalWrite(
        { stored, used, usage, refsEntry, holds, uses },
        isLast ? { blob, scan, verdicts } : null,
        clock.now(),
      );
      if ((await committer.commit({ ...write, checks: [...write.checks ?? [], quarantine] })).ok) return true;
    }
    throw new Error("A file could not be removed: too many writers at once.");
  }

  return {
    add: (...given) => adds.add(...given),
    remove,

    async refused(sha256) {
      return (await kv.get<RefusedHash>(keys.refused(sha256))).value;
    },

    async refsVersion(sha256) {
      return (await kv.get(keys.refMark(sha256))).versionstamp;
    },

    async claimSweep(sha256) {
      const [blob, hold] = await kv.getMany([keys.blob(sha256), keys.hold("blob", sha256)]);
      if (blob.value !== null || inForce(hold, clock.now())) return false;
      const claimed = await committer.commit({
        checks: [blob, hold],
        sets: [{ key: keys.refMark(sha256), value: 1, expireIn: sweptMarkMs }],
      });
      return claimed.ok;
    },

    async file(fileId) {
      return (await kv.get<FileRecord>(keys.file(fileId))).value;
    },

    async files(fileIds) {
      const found = await getValues<FileRecord>(kv, fileIds.map(keys.file));
      return new Map(found.filter((file) => file !== null).map((file) => [file.id, file]));
    },

    async filesOf(ownerId, before, limit) {
      const prefix = keys.filesOf(ownerId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const ids: string[] = [];
      for await (const { key } of kv.list(selector, { limit, reverse: true })) ids.push(key[2] as string);
      // A file may have been removed between the two reads.
      return (await getValues<FileRecord>(kv, ids.map(keys.file))).filter((file) => file !== null);
    },

    async filesOfBlob(sha256) {
      const refs = await listed(keys.refsOf(sha256));
      const found = await getValues<FileRecord>(kv, refs.map(({ key }) => keys.file(key[2] as string)));
      return found.filter((file) => file !== null);
    },

    ...kvQuarantine(store, clock),

    async blobs(sha256s) {
      const found = await getValues<BlobRecord>(kv, [...new Set(sha256s)].map(keys.blob));
      return new Map(found.filter((blob) => blob !== null).map((blob) => [blob.sha256, blob]));
    },

    async *allBlobs() {
      for await (const { value } of kv.list<BlobRecord>({ prefix: keys.blobs() })) yield value;
    },

    async usesOf(fileIds) {
      const all = await Promise.all(fileIds.map(async (id) => [id, await usesOfOne(id)] as const));
      return new Map(all.filter(([, uses]) => uses.length > 0));
    },

    keep: (fileId, use) => keepUse(store, fileId, use),

    async usageOf(ownerId) {
      return (await kv.get<Usage>(keys.usage(ownerId))).value?.bytes ?? 0;
    },

    async lastUse(fileId) {
      return (await kv.get(keys.fileUsed(fileId))).versionstamp;
    },

    async held(what, id) {
      return inForce(await kv.get(keys.hold(what, id)), clock.now());
    },

    async addJobs(jobs) {
      for (let at = 0; at < jobs.length; at += jobsAtOnce) {
        await committer.commit({ sets: jobs.slice(at, at + jobsAtOnce).map(fileJobSet) });
      }
    },

    async upload(uploadId) {
      return (await kv.get<UploadRecord>(keys.upload(uploadId))).value;
    },

    async uploadsOf(ownerId) {
      const open = await listed(keys.uploadsOf(ownerId));
      const found = await getValues<UploadRecord>(kv, open.map(({ key }) => keys.upload(key[2] as string)));
      return found.filter((upload) => upload !== null);
    },

    async *allUploads() {
      for await (const { value } of kv.list<UploadRecord>({ prefix: keys.uploads() })) yield value;
    },

    async saveUpload(upload) {
      await committer.commit(uploadWrites(upload));
    },

    async removeUpload({ id, ownerId }) {
      await committer.commit({ deletes: [keys.upload(id), keys.uploadOf(ownerId, id)] });
    },
  };
}
