import { Refusal } from "../protocol/mod.ts";
import type { Intake } from "./intake.ts";
import { mediaTypeOf } from "./media_type.ts";
import type { FileParts } from "./parts.ts";
import type { Staged, UploadRecord } from "./ports.ts";
import { noUpload } from "./refusals.ts";

/** Ends resumable uploads: makes the file once all bytes have arrived, or drops what is lost. Call it only with the upload's lock. */
export class UploadCompletion {
  readonly #parts: FileParts;
  readonly #intake: Intake;

  constructor(parts: FileParts, intake: Intake) {
    this.#parts = parts;
    this.#intake = intake;
  }

  /** All bytes arrived. Writes their hash and type to the record first, so that a crash after that costs no second upload. */
  async finish(record: UploadRecord, staged: Staged): Promise<UploadRecord | Refusal> {
    const { sha256, sizeBytes, head } = await staged.finish();
    const finishing = { sha256, type: await mediaTypeOf(head, head.length === sizeBytes) };
    const whole: UploadRecord = { ...record, offsetBytes: sizeBytes, finishing };
    await this.#parts.store.saveUpload(whole);
    return await this.#accept(whole, record.id, finishing);
  }

  /** Makes the file of an upload whose bytes have all arrived. Call it only with the upload's lock. */
  async complete(record: UploadRecord): Promise<UploadRecord | Refusal> {
    const { store, blobs } = this.#parts;
    const { id, sizeBytes, finishing } = record;
    if (finishing !== null) {
      if (await this.#isStaged(record)) return await this.#accept(record, id, finishing);
      // The blob store may keep the bytes already, with only the file record missing.
      const isKept = await blobs.sizeOf(finishing.sha256) === sizeBytes;
      // Rejected bytes are no longer there; what becomes of the upload is known all the same (SC-4, SC-8).
      const isKnown = isKept || await store.refused(finishing.sha256) !== null;
      return isKnown ? await this.#accept(record, null, finishing) : await this.lost(record);
    }
    await using staged = await blobs.reopen(id, sizeBytes);
    return staged === null ? await this.lost(record) : await this.finish(record, staged);
  }

  async #isStaged({ id, sizeBytes }: UploadRecord): Promise<boolean> {
    await using staged = await this.#parts.blobs.reopen(id, sizeBytes);
    return staged !== null;
  }

  async #accept(
    record: UploadRecord,
    stagedId: string | null,
    { sha256, type }: NonNullable<UploadRecord["finishing"]>,
  ): Promise<UploadRecord | Refusal> {
    const { store, blobs } = this.#parts;
    const { ownerId, name, from, sizeBytes } = record;
    const whole = { stagedId, ownerId, name, from, sha256, sizeBytes, type };
    const file = await this.#intake.accept(whole, { upload: record });
    if (file instanceof Refusal) {
      const { kind, message } = file;
      if (kind === "not_clean" || kind === "too_large") {
        await store.saveUpload({ ...record, refused: { kind, message } });
        await blobs.unstage(record.id);
      } else if (kind === "unavailable" || kind === "forbidden") {
        // The bytes were lost while they were being kept, or the owner may not add files: the upload cannot continue.
        return await this.lost(record, file);
      }
      return file;
    }
    await blobs.unstage(record.id);
    return await store.upload(record.id) ?? { ...record, fileId: file.id };
  }

  async lost(record: UploadRecord, answer = noUpload()): Promise<Refusal> {
    await this.drop(record);
    return answer;
  }

  /**
   * Removes the record, then the bytes; the sweep removes bytes left by a crash between. Call it only with the upload's lock.
   */
  async drop(record: UploadRecord): Promise<void> {
    await this.#parts.store.removeUpload(record);
    await this.#parts.blobs.unstage(record.id);
  }
}
