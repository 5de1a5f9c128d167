import { limits, Refusal } from "../protocol/mod.ts";
import { blobLock, type FileParts, ownerLock } from "./parts.ts";
import type { FileRecord, RefusedHash, UploadedFrom, UploadRecord } from "./ports.ts";
import type { Reservation } from "./quotas.ts";
import { bytesLost, mayNotAdd, noUpload, overQuota, rejected, tooManyFiles } from "./refusals.ts";

/** An upload whose bytes have all arrived. */
export interface CompleteUpload {
  /** Id of the staged bytes; null when the blob store keeps them already. */
  stagedId: string | null;
  ownerId: string;
  name: string;
  from: UploadedFrom;
  sha256: string;
  sizeBytes: number;
  type: string;
}

/**
 * Ends every upload: complete bytes become a file, or are refused (SC-4). The caller unstages them after the answer: until the
 * file is added, a crash must find them staged (FI-2).
 */
export class Intake {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** With `upload`, ends that resumable upload in the same commit. */
  async accept(
    whole: CompleteUpload,
    { reservation, upload }: { reservation?: Reservation; upload?: UploadRecord },
  ): Promise<FileRecord | Refusal> {
    const { locks, log } = this.#parts;
    const answer = await locks.run(
      blobLock(whole.sha256),
      () => this.#accept(whole, reservation, upload),
    );
    const { ownerId: userId, sizeBytes, from: { requestId } } = whole;
    if (answer instanceof Refusal) {
      log.info("file.refused", { userId, sizeBytes, requestId, kind: answer.kind });
    } else {
      log.info("file.added", { userId, sizeBytes, requestId, fileId: answer.id, sha256: answer.sha256 });
    }
    return answer;
  }

  async #accept(
    whole: CompleteUpload,
    reservation: Reservation | undefined,
    upload: UploadRecord | undefined,
  ): Promise<FileRecord | Refusal> {
    const { store, blobs, clock, ids, locks, scans, settings: { quotaBytes } } = this.#parts;
    const { stagedId, sha256, ownerId, name, from, sizeBytes, type } = whole;
    let kept = stagedId === null;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      // Asked together: one read of the store.
      const [hash, notAdding, refsVersion] = await Promise.all([
        store.refused(sha256),
        this.#notAdding(ownerId),
        store.refsVersion(sha256),
      ]);
      const refused = hash === null ? notAdding : await this.#refused(whole, hash);
      if (refused !== undefined) {
        if (kept) await this.#removeUnused(sha256);
        return refused;
      }
      // Again after each try: what was kept and not added yet may have been swept.
      if (stagedId !== null) await blobs.keep(stagedId, sha256);
      else if (await blobs.sizeOf(sha256) === null) return bytesLost();
      kept = true;
      const file = { id: ids.next(), ownerId, sha256, name, sizeBytes, type, createdMs: clock.now(), from };
      const ended = upload && {
        upload: { ...upload, fileId: file.id, expiresMs: file.createdMs + limits.uploadKeptMs },
      };
      const added = await locks.runTogether(ownerLock(ownerId), async () => {
        const added = await store.add(file, { quotaBytes, refsVersion }, ended);
        if (typeof added !== "string") reservation?.taken();
        return added;
      });
      if (typeof added !== "string") {
        scans.wake();
        return added;
      }
      switch (added) {
        case "refused":
        case "changed":
          continue;
        case "over_quota":
          await this.#removeUnused(sha256);
          return overQuota(quotaBytes, quotaBytes - await store.usageOf(ownerId));
        case "too_many":
          await this.#removeUnused(sha256);
          return tooManyFiles();
        case "gone":
          await this.#removeUnused(sha256);
          return noUpload();
        default:
          return added satisfies never;
      }
    }
    throw new Error("A file could not be added: too many writers at once.");
  }

  async #refused(
    { sha256, ownerId, name, from, sizeBytes, type }: CompleteUpload,
    { why }: RefusedHash,
  ): Promise<Refusal> {
    await this.#parts.onRefused({ sha256, why, ownerId, name, from, sizeBytes, type });
    return rejected();
  }

  async #notAdding(ownerId: string): Promise<Refusal | undefined> {
    return await this.#parts.mayAdd(ownerId) ? undefined : mayNotAdd();
  }

  /** Call it only with the blob's lock. */
  async #removeUnused(sha256: string): Promise<void> {
    const { store, blobs } = this.#parts;
    if (await store.claimSweep(sha256)) await blobs.remove(sha256);
    // The hash was rejected while these bytes came in.
    else if (await store.quarantine(sha256) !== null) await blobs.quarantine.put(sha256);
  }
}
