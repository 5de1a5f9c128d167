/** Files: taken in, kept once for all, shown to whom they are for, and removed when nothing uses them. */
import { type Caller, iso } from "../platform/mod.ts";
import { type FileObject, type FilePage, Refusal } from "../protocol/mod.ts";
import { Access, type Content } from "./access.ts";
import type { At } from "./append.ts";
import { Intake } from "./intake.ts";
import type { FileParts, FilesNeeds } from "./parts.ts";
import type { FileJob, UploadedFrom, UploadRecord } from "./ports.ts";
import { Quotas } from "./quotas.ts";
import { Resumable } from "./resumable.ts";
import { Retention } from "./retention.ts";
import { Sweep } from "./sweep.ts";
import { Turns } from "./keyed_mutex.ts";
import { Uploads } from "./uploads.ts";
import { expiryOf, fileObjectOf } from "./views.ts";

export * from "./ports.ts";
export type { FilesNeeds, RefusedFile } from "./parts.ts";
export type { At, Content };

/** A resumable upload as its owner sees it. Sizes and offsets in bytes; `fileId` once it is finished. */
export interface UploadView {
  id: string;
  name: string;
  size: number;
  offset: number;
  expiresAt: string;
  fileId: string | null;
}

/** The room's service (FI-1 to FI-8), what runs its jobs, and the sweep that is called every now and then. */
export class Files {
  readonly #uploads: Uploads;
  readonly #resumable: Resumable;
  readonly #access: Access;
  readonly #retention: Retention;
  readonly #sweep: Sweep;

  constructor(needs: FilesNeeds) {
    const parts: FileParts = { ...needs, turns: new Turns(), staging: new Set() };
    const quotas = new Quotas(parts);
    const intake = new Intake(parts);
    this.#uploads = new Uploads(parts, quotas, intake);
    this.#resumable = new Resumable(parts, quotas, intake);
    this.#access = new Access(parts);
    this.#retention = new Retention(parts);
    this.#sweep = new Sweep(parts, this.#resumable, this.#retention);
  }

  /** FI-1. `size` in bytes where it is known beforehand, else null. */
  async upload(
    caller: Caller,
    from: UploadedFrom,
    named: { name: string; size: number | null },
    body: ReadableStream<Uint8Array>,
  ): Promise<FileObject | Refusal> {
    const file = await this.#uploads.upload(caller, originOf(from), named, body);
    if (file instanceof Refusal) return file;
    // FI-3: whatever is known of its bytes, a file that was just uploaded is one that is being checked.
    return fileObjectOf(file, "scanning", expiryOf(file, []));
  }

  /** Own files, newest first. */
  list(
    caller: Caller,
    query: { before?: string | undefined; limit?: number | undefined },
  ): Promise<FilePage> {
    return this.#access.list(caller, query);
  }

  /** For the owner and the readers of what carries it; else `not_found`. */
  get(caller: Caller, fileId: string): Promise<FileObject | Refusal> {
    return this.#access.get(caller, fileId);
  }

  /** The same, and `not_clean` unless it is clean. */
  content(caller: Caller, fileId: string): Promise<Content | Refusal> {
    return this.#access.content(caller, fileId);
  }

  /** An own file that nothing uses; `conflict` when something does. */
  remove(caller: Caller, fileId: string): Promise<true | Refusal> {
    return this.#access.remove(caller, fileId);
  }

  /** Bytes that the caller's files hold, and may hold. */
  usage(caller: Caller): Promise<{ used: number; quota: number }> {
    return this.#access.usage(caller);
  }

  /** FI-2. An upload of no bytes is finished with this. */
  async begin(
    caller: Caller,
    from: UploadedFrom,
    named: { name: string; size: number },
  ): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.begin(caller, originOf(from), named));
  }

  /** How far an upload is. What a request that goes on has brought is made safe first; that request goes on. */
  async uploadState(caller: Caller, uploadId: string): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.state(caller, uploadId));
  }

  /**
   * Appends at an offset; `conflict` when the upload is elsewhere. A newer request ends an older one. With the last byte the
   * file is made. A checksum that does not fit is `invalid_params` with the field `checksum`: the upload is where it was.
   */
  async append(
    caller: Caller,
    uploadId: string,
    at: At,
    body: ReadableStream<Uint8Array>,
  ): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.append(caller, uploadId, at, body));
  }

  /** Ends an upload; its bytes are removed. A file that was made of it stays. */
  abandon(caller: Caller, uploadId: string): Promise<true | Refusal> {
    return this.#resumable.abandon(caller, uploadId);
  }

  /** Runs a job of this room; it may run twice. */
  run(job: FileJob): Promise<void> {
    return this.#retention.run(job);
  }

  /** Removes what crashes and clients that gave up left behind: a bounded part of it, the next call goes on. */
  sweep(): Promise<void> {
    return this.#sweep.run();
  }
}

/** What is kept of where an upload came from, whatever else the transport passes along. */
function originOf({ address, port, device, requestId }: UploadedFrom): UploadedFrom {
  return { address, port, device, requestId };
}

function viewOf(record: UploadRecord | Refusal): UploadView | Refusal {
  if (record instanceof Refusal) return record;
  const { id, name, sizeBytes: size, offsetBytes: offset, expiresMs, fileId } = record;
  return { id, name, size, offset, expiresAt: iso(expiresMs), fileId };
}
