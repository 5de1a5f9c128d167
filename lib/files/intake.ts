import { limits, Refusal } from "../protocol/mod.ts";
import { blobTurn, type FileParts, ownerTurn } from "./parts.ts";
import type { FileRecord, UploadedFrom, UploadRecord } from "./ports.ts";
import type { Reservation } from "./quotas.ts";
import { bytesLost, mayNotAdd, noUpload, overQuota, rejected, tooManyFiles } from "./refusals.ts";

/** Bytes that are whole, and who they are from. */
export interface Whole {
  /** Where they lie aside; null when they are in their place already. */
  stagedId: string | null;
  ownerId: string;
  name: string;
  from: UploadedFrom;
  sha256: string;
  sizeBytes: number;
  type: string;
}

/** The end of every upload: bytes that were taken in whole become a file, or are refused (SC-4) and leave nothing behind. */
export class Intake {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** With `upload`, ends that resumable upload in the same commit. */
  async accept(
    whole: Whole,
    { reservation, upload }: { reservation?: Reservation; upload?: UploadRecord },
  ): Promise<FileRecord | Refusal> {
    const { turns, log } = this.#parts;
    const answer = await turns.take(
      blobTurn(whole.sha256),
      () => this.#accept(whole, reservation, upload),
    );
    const { ownerId: userId, sizeBytes, from: { requestId } } = whole;
    if (answer instanceof Refusal) {
      log.info("file.refused", { userId, sizeBytes, requestId, kind: answer.kind });
    } else {
      log.info("file.added", { userId, sizeBytes, requestId, fileId: answer.id });
    }
    return answer;
  }

  async #accept(
    whole: Whole,
    reservation: Reservation | undefined,
    upload: UploadRecord | undefined,
  ): Promise<FileRecord | Refusal> {
    const { store, blobs, clock, ids, turns, settings: { quotaBytes } } = this.#parts;
    const { stagedId, sha256, ownerId, name, from, sizeBytes, type } = whole;
    let kept = stagedId === null;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const refused = await this.#refused(whole) ?? await this.#notAdding(ownerId);
      if (refused !== undefined) {
        if (kept) await this.#removeUnused(sha256);
        return refused;
      }
      const mark = await store.mark(sha256);
      if (!kept) await blobs.keep(stagedId!, sha256);
      else if (await blobs.sizeOf(sha256) === null) return bytesLost();
      kept = true;
      const file = { id: ids.next(), ownerId, sha256, name, sizeBytes, type, createdMs: clock.now(), from };
      const ended = upload && {
        upload: { ...upload, fileId: file.id, expiresMs: file.createdMs + limits.uploadKeptMs },
      };
      const added = await turns.take(ownerTurn(ownerId), async () => {
        const added = await store.add(file, { quotaBytes, mark }, ended);
        if (typeof added !== "string") reservation?.taken();
        return added;
      });
      if (typeof added !== "string") return added;
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

  async #refused({ sha256, ownerId, name, from, sizeBytes, type }: Whole): Promise<Refusal | undefined> {
    const { store, onRefused } = this.#parts;
    const hash = await store.refused(sha256);
    if (hash === null) return undefined;
    await onRefused({ sha256, why: hash.why, ownerId, name, from, sizeBytes, type });
    return rejected();
  }

  async #notAdding(ownerId: string): Promise<Refusal | undefined> {
    return await this.#parts.mayAdd(ownerId) ? undefined : mayNotAdd();
  }

  /** Only while it is the blob's turn. */
  async #removeUnused(sha256: string): Promise<void> {
    const { store, blobs } = this.#parts;
    if (await store.claimSweep(sha256)) await blobs.remove(sha256);
  }
}
