import { type FileParts, uploadLock } from "./parts.ts";
import type { UploadRecord } from "./ports.ts";
import type { Resumable } from "./resumable.ts";
import type { QuarantineKeeping } from "./quarantine_keeping.ts";
import type { Retention } from "./retention.ts";
import { ResumableScan } from "./resumable_scan.ts";
import type { UploadCompletion } from "./upload_completion.ts";

/** Age at which bytes without a record count as left by a process that died. */
const orphanMs = 3600_000;
/** Entries of each kind that one sweep reads. */
const readPerSweep = 1000;
/** Blob records read in one step. */
const readAtOnce = 50;

/**
 * Removes the bytes and records that crashes and given-up uploads left. Each run is bounded and resumes where the last ended.
 */
export class Sweep {
  readonly #parts: FileParts;
  readonly #resumable: Pick<Resumable, "isActive">;
  readonly #completion: Pick<UploadCompletion, "drop">;
  readonly #retention: Retention;
  readonly #quarantine: QuarantineKeeping;
  readonly #staged: ResumableScan<{ id: string; changedMs: number }>;
  readonly #uploads: ResumableScan<UploadRecord>;
  readonly #quarantined: ResumableScan<{ sha256: string; changedMs: number }>;
  readonly #blobs: ResumableScan<{ sha256: string; changedMs: number }>;

  constructor(
    parts: FileParts,
    resumable: Pick<Resumable, "isActive">,
    completion: Pick<UploadCompletion, "drop">,
    retention: Retention,
    quarantine: QuarantineKeeping,
  ) {
    this.#parts = parts;
    this.#resumable = resumable;
    this.#completion = completion;
    this.#retention = retention;
    this.#quarantine = quarantine;
    this.#staged = new ResumableScan(() => parts.blobs.staged());
    this.#uploads = new ResumableScan(() => parts.store.allUploads());
    this.#quarantined = new ResumableScan(() => parts.blobs.quarantine.list());
    this.#blobs = new ResumableScan(() => parts.blobs.list());
  }

  async run(): Promise<void> {
    const uploads = await this.#endUploads();
    const staged = await this.#unstage();
    const blobs = await this.#removeBlobs();
    await this.#destroyUnknown();
    if (uploads + staged + blobs > 0) this.#parts.log.info("files.swept", { uploads, staged, blobs });
  }

  async #endUploads(): Promise<number> {
    const { store, clock, locks } = this.#parts;
    let ended = 0;
    const isOver = (record: UploadRecord | null): record is UploadRecord =>
      record !== null && record.expiresMs <= clock.now() && !this.#resumable.isActive(record.id);
    for await (const { id } of this.#uploads.some(readPerSweep, isOver)) {
      await locks.run(uploadLock(id), async () => {
        const record = await store.upload(id);
        if (!isOver(record)) return;
        await this.#completion.drop(record);
        ended++;
      });
    }
    return ended;
  }

  async #unstage(): Promise<number> {
    const { store, blobs, clock, staging } = this.#parts;
    let removed = 0;
    const oldMs = clock.now() - orphanMs;
    for await (const { id } of this.#staged.some(readPerSweep, ({ changedMs }) => changedMs <= oldMs)) {
      const record = await store.upload(id);
      const isOpen = record !== null && record.fileId === null && record.refused === null;
      if (isOpen || staging.has(id)) continue;
      await blobs.unstage(id);
      removed++;
    }
    return removed;
  }

  /** Bytes in quarantine without a record: a crash came between the end of a quarantine and theirs. */
  async #destroyUnknown(): Promise<void> {
    const oldMs = this.#parts.clock.now() - orphanMs;
    for await (
      const { sha256 } of this.#quarantined.some(readPerSweep, ({ changedMs }) => changedMs <= oldMs)
    ) {
      await this.#quarantine.destroyUnknown(sha256);
    }
  }

  async #removeBlobs(): Promise<number> {
    const { store, clock } = this.#parts;
    const oldMs = clock.now() - orphanMs;
    const old: string[] = [];
    for await (const { sha256 } of this.#blobs.some(readPerSweep, ({ changedMs }) => changedMs <= oldMs)) {
      old.push(sha256);
    }
    let removed = 0;
    for (let at = 0; at < old.length; at += readAtOnce) {
      const hashes = old.slice(at, at + readAtOnce);
      const known = await store.blobs(hashes);
      for (const sha256 of hashes) {
        const blob = known.get(sha256);
        if (blob?.state === "rejected") await this.#quarantine.put(sha256);
        if (blob !== undefined) continue;
        await this.#retention.removeUnused(sha256);
        removed++;
      }
    }
    return removed;
  }
}
