import { type FileParts, uploadTurn } from "./parts.ts";
import type { UploadRecord } from "./ports.ts";
import type { Resumable } from "./resumable.ts";
import type { Retention } from "./retention.ts";
import { Walk } from "./round_robin.ts";

/** What lies about without a record for so long was left by a process that died. */
const orphanMs = 3600_000;
/** Entries of each kind that one sweep looks at; the next one goes on behind them. */
const lookedAt = 1000;
/** Blobs whose records are read at once. */
const readAtOnce = 50;

/** Removes what crashes and clients that gave up left behind. A sweep is bounded work; it is called again and again. */
export class Sweep {
  readonly #parts: FileParts;
  readonly #resumable: Resumable;
  readonly #retention: Retention;
  readonly #staged: Walk<{ id: string; changedMs: number }>;
  readonly #uploads: Walk<UploadRecord>;
  readonly #blobs: Walk<{ sha256: string; changedMs: number }>;

  constructor(parts: FileParts, resumable: Resumable, retention: Retention) {
    this.#parts = parts;
    this.#resumable = resumable;
    this.#retention = retention;
    this.#staged = new Walk(() => parts.blobs.staged());
    this.#uploads = new Walk(() => parts.store.allUploads());
    this.#blobs = new Walk(() => parts.blobs.list());
  }

  async run(): Promise<void> {
    const uploads = await this.#endUploads();
    const staged = await this.#unstage();
    const blobs = await this.#removeBlobs();
    if (uploads + staged + blobs > 0) this.#parts.log.info("files.swept", { uploads, staged, blobs });
  }

  async #endUploads(): Promise<number> {
    const { store, clock, turns } = this.#parts;
    let ended = 0;
    const isOver = (record: UploadRecord | null): record is UploadRecord =>
      record !== null && record.expiresMs <= clock.now() && !this.#resumable.isRunning(record.id);
    for await (const { id } of this.#uploads.some(lookedAt, isOver)) {
      await turns.take(uploadTurn(id), async () => {
        const record = await store.upload(id);
        if (!isOver(record)) return;
        await this.#resumable.drop(record);
        ended++;
      });
    }
    return ended;
  }

  async #unstage(): Promise<number> {
    const { store, blobs, clock, staging } = this.#parts;
    let removed = 0;
    const oldMs = clock.now() - orphanMs;
    for await (const { id } of this.#staged.some(lookedAt, ({ changedMs }) => changedMs <= oldMs)) {
      const record = await store.upload(id);
      const goesOn = record !== null && record.fileId === null && record.refused === null;
      if (goesOn || staging.has(id)) continue;
      await blobs.unstage(id);
      removed++;
    }
    return removed;
  }

  async #removeBlobs(): Promise<number> {
    const { store, clock } = this.#parts;
    const oldMs = clock.now() - orphanMs;
    const old: string[] = [];
    for await (const { sha256 } of this.#blobs.some(lookedAt, ({ changedMs }) => changedMs <= oldMs)) {
      old.push(sha256);
    }
    let removed = 0;
    for (let at = 0; at < old.length; at += readAtOnce) {
      const hashes = old.slice(at, at + readAtOnce);
      const known = await store.blobs(hashes);
      for (const sha256 of hashes) {
        if (known.has(sha256)) continue;
        await this.#retention.removeUnused(sha256);
        removed++;
      }
    }
    return removed;
  }
}
