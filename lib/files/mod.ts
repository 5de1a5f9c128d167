/**
 * Takes files in, names them, says who may read them, and deletes them when nothing uses them.
 * Never gives out a byte that no scan has cleared, and never uses a person's file name as a path.
 * Start with `ports.ts` (blob, file, use), then `intake.ts` (in) and `access.ts` (out).
 */
import { type Caller, iso, KeyedMutex } from "../platform/mod.ts";
import { type FileObject, type FilePage, Refusal } from "../protocol/mod.ts";
import { Access, type Content } from "./access.ts";
import type { AppendRequest } from "./append.ts";
import { Intake } from "./intake.ts";
import type { FileParts, FilesNeeds } from "./parts.ts";
import type { FileJob, UploadedFrom, UploadRecord } from "./ports.ts";
import { QuarantineKeeping } from "./quarantine_keeping.ts";
import { Quotas } from "./quotas.ts";
import { Resumable } from "./resumable.ts";
import { Retention } from "./retention.ts";
import { Sweep } from "./sweep.ts";
import { UploadCompletion } from "./upload_completion.ts";
import { Uploads } from "./uploads.ts";
import { expiryOf, fileObjectOf } from "./views.ts";

export * from "./ports.ts";
export type { FilesNeeds, RefusedFile } from "./parts.ts";
export { SweepTimer } from "./sweep_timer.ts";
export { settledMs, settlesMsOf, shownState } from "./views.ts";
export type { AppendRequest, Content };

/** A resumable upload as its owner sees it. `size` and `offset` in bytes; `fileId` is null until the upload is finished. */
export interface UploadView {
  id: string;
  name: string;
  size: number;
  offset: number;
  expiresAt: string;
  fileId: string | null;
}

/** The service of this room (FI-1 to FI-8): uploads, files, the room's jobs and the periodic sweep. */
export class Files {
  readonly #uploads: Uploads;
  readonly #resumable: Resumable;
  readonly #access: Access;
  readonly #retention: Retention;
  readonly #quarantine: QuarantineKeeping;
  readonly #sweep: Sweep;

  constructor(needs: FilesNeeds) {
    const parts: FileParts = { ...needs, locks: new KeyedMutex(), staging: new Set() };
    const quotas = new Quotas(parts);
    const intake = new Intake(parts);
    this.#uploads = new Uploads(parts, quotas, intake);
    const completion = new UploadCompletion(parts, intake);
    this.#resumable = new Resumable(parts, quotas, completion);
    this.#access = new Access(parts);
    this.#quarantine = new QuarantineKeeping(parts);
    this.#retention = new Retention(parts, this.#quarantine);
    this.#sweep = new Sweep(parts, this.#resumable, completion, this.#retention, this.#quarantine);
  }

  /** FI-1: takes in one upload. `size` in bytes; null when the client did not announce it. */
  async upload(
    caller: Caller,
    from: UploadedFrom,
    named: { name: string; size: number | null },
    body: ReadableStream<Uint8Array>,
  ): Promise<FileObject | Refusal> {
    const file = await this.#uploads.upload(caller, originOf(from), named, body);
    if (file instanceof Refusal) return file;
    // FI-3: a new file is `scanning`, also when the server knows the verdict on its bytes.
    return fileObjectOf(file, "scanning", expiryOf(file, []));
  }

  /** Returns the caller's own files, newest first. */
  list(
    caller: Caller,
    query: { before?: string | undefined; limit?: number | undefined },
  ): Promise<FilePage> {
    return this.#access.list(caller, query);
  }

  /** For the owner and the people whose command carries the file; `not_found` for everyone else. */
  get(caller: Caller, fileId: string): Promise<FileObject | Refusal> {
    return this.#access.get(caller, fileId);
  }

  /** Like `get`, and `not_clean` unless the file is clean. */
  content(caller: Caller, fileId: string): Promise<Content | Refusal> {
    return this.#access.content(caller, fileId);
  }

  /** The file that a person shows as their picture. Profiles decide who may see it. */
  picture(ownerId: string, fileId: string, requestId: string): Promise<Content | Refusal> {
    return this.#access.picture(ownerId, fileId, requestId);
  }

  /** MO-2: the bytes of a hash, only if they are clean. Cases decide which moderator may see them. */
  cleanBytes(sha256: string, requestId: string): Promise<Content | Refusal> {
    return this.#access.byHash(sha256, requestId);
  }

  /** Removes an own file; `conflict` while something uses it. */
  remove(caller: Caller, fileId: string): Promise<true | Refusal> {
    return this.#access.remove(caller, fileId);
  }

  /** The size of the caller's files and their quota, in bytes. */
  usage(caller: Pick<Caller, "userId">): Promise<{ used: number; quota: number }> {
    return this.#access.usage(caller);
  }

  /** FI-2: begins a resumable upload. An upload of zero bytes is finished at once. */
  async begin(
    caller: Caller,
    from: UploadedFrom,
    named: { name: string; size: number },
  ): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.begin(caller, originOf(from), named));
  }

  /** Returns the state of an upload. Bytes of a running request are synced first; that request continues. */
  async uploadState(caller: Caller, uploadId: string): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.state(caller, uploadId));
  }

  /**
   * Appends bytes at an offset; `conflict` when that is not the upload's offset. A newer request stops an older one. The last
   * byte makes the file. A wrong checksum is `invalid_params` with the field `checksum`, and the offset stays.
   */
  async append(
    caller: Caller,
    uploadId: string,
    at: AppendRequest,
    body: ReadableStream<Uint8Array>,
  ): Promise<UploadView | Refusal> {
    return viewOf(await this.#resumable.append(caller, uploadId, at, body));
  }

  /** Ends an upload and removes its bytes. A file already made from it stays. */
  abandon(caller: Caller, uploadId: string): Promise<true | Refusal> {
    return this.#resumable.abandon(caller, uploadId);
  }

  /**
   * SC-8: brings rejected bytes back, runs the commit that releases them, and puts them into quarantine again when that is
   * false. `gone`: there are no bytes.
   */
  releaseBytes(sha256: string, commit: () => Promise<boolean>): Promise<boolean | "gone"> {
    return this.#quarantine.release(sha256, commit);
  }

  /** Runs a job of this room. Every job may run twice. */
  run(job: FileJob): Promise<void> {
    return this.#retention.run(job);
  }

  /** Removes a bounded part of the bytes and records that crashes and given-up uploads left. The next call continues. */
  sweep(): Promise<void> {
    return this.#sweep.run();
  }
}

/** Keeps only these fields: the transport passes an object with more. */
function originOf({ address, port, device, requestId }: UploadedFrom): UploadedFrom {
  return { address, port, device, requestId };
}

function viewOf(record: UploadRecord | Refusal): UploadView | Refusal {
  if (record instanceof Refusal) return record;
  const { id, name, sizeBytes: size, offsetBytes: offset, expiresMs, fileId } = record;
  return { id, name, size, offset, expiresAt: iso(expiresMs), fileId };
}
