import { type FileState, limits } from "../protocol/mod.ts";
import { isHeld } from "./access.ts";
import { neededMs } from "./needed.ts";
import { blobLock, type FileParts, ownerLock } from "./parts.ts";
import type { QuarantineKeeping } from "./quarantine_keeping.ts";
import type { BlobRecord, FileJob, FileRecord, FileUse } from "./ports.ts";
import { expiryOf, fileObjectOf, settledMs, shownState } from "./views.ts";

/** Number of a blob's files in one step of notifications. */
const toldAtOnce = 50;

/** Runs the file jobs: files settle, change with their blob, and expire (FI-7). Every job may run twice. */
export class Retention {
  readonly #parts: FileParts;
  readonly #quarantine: QuarantineKeeping;

  constructor(parts: FileParts, quarantine: QuarantineKeeping) {
    this.#parts = parts;
    this.#quarantine = quarantine;
  }

  run(job: FileJob): Promise<void> {
    switch (job.kind) {
      case "file_expire":
        return this.#expire(job.fileId);
      case "file_settle":
        return this.#settle(job.fileId);
      case "blob_sweep":
        return this.removeUnused(job.sha256);
      case "blob_changed":
        return this.#blobChanged(job.sha256);
      case "blob_quarantine":
        return this.#quarantine.put(job.sha256);
      case "quarantine_end":
        return this.#quarantine.end(job.sha256);
      default:
        return job satisfies never;
    }
  }

  /** Removes the bytes of a blob that no file refers to. */
  async removeUnused(sha256: string): Promise<void> {
    const { store, blobs, locks } = this.#parts;
    await locks.run(blobLock(sha256), async () => {
      if (await store.claimSweep(sha256)) await blobs.remove(sha256);
    });
  }

  async #expire(fileId: string): Promise<void> {
    const { store, clock, locks, log } = this.#parts;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const file = await store.file(fileId);
      if (file === null) return;
      // Read before the uses: a use added after this makes the removal fail.
      const asOf = await store.lastUse(fileId);
      const uses = (await store.usesOf([fileId])).get(fileId) ?? [];
      const dueMs = Math.max(expiryOf(file, uses), await neededMs(this.#parts, fileId, uses));
      const now = clock.now();
      const held = await isHeld(store, file);
      if (held || dueMs > now) {
        const againMs = held ? Math.max(dueMs, now + limits.fileUnusedMs) : dueMs;
        return await store.addJobs([{ dueMs: againMs, job: { kind: "file_expire", fileId } }]);
      }
      const removed = await locks.run(ownerLock(file.ownerId), () => store.remove(file, asOf));
      if (removed) return log.info("file.expired", { fileId, userId: file.ownerId });
    }
    throw new Error("A file could not be removed: it was used again and again.");
  }

  async #settle(fileId: string): Promise<void> {
    const { store } = this.#parts;
    const file = await store.file(fileId);
    if (file === null) return;
    const blob = (await store.blobs([file.sha256])).get(file.sha256);
    if (blob !== undefined) await this.#tell(blob, [file]);
  }

  async #blobChanged(sha256: string): Promise<void> {
    const { store } = this.#parts;
    const blob = (await store.blobs([sha256])).get(sha256);
    if (blob === undefined) return;
    const files = await store.filesOfBlob(sha256);
    for (let at = 0; at < files.length; at += toldAtOnce) {
      await this.#tell(blob, files.slice(at, at + toldAtOnce));
    }
  }

  /** Tells owners and waiting commands the new state. Files that must still show `scanning` get a job for later. */
  async #tell(blob: BlobRecord, files: readonly FileRecord[]): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const later = files.filter((file) => settledMs(file, blob) > now);
    await store.addJobs(later.map((file) => ({
      dueMs: settledMs(file, blob),
      job: { kind: "file_settle", fileId: file.id },
    })));
    const settled = files.filter((file) => settledMs(file, blob) <= now);
    const uses = await store.usesOf(settled.map(({ id }) => id));
    for (const file of settled) {
      await this.#tellOne(file, shownState(file, blob, now), uses.get(file.id) ?? []);
    }
  }

  async #tellOne(
    file: FileRecord,
    state: FileState,
    uses: readonly FileUse[],
  ): Promise<void> {
    const { bell, notices, watchers } = this.#parts;
    // The owner has seen `scanning` so far; a verdict comes later.
    if (state === "scanning") return;
    bell.notify(file.ownerId, "file.changed", fileObjectOf(file, state, expiryOf(file, uses)));
    if (state === "rejected") {
      await notices.add(file.ownerId, { kind: "file_rejected", file: file.id, name: file.name });
    }
    await watchers.changed(file, state, uses);
  }
}
