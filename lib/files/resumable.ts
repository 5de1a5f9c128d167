import type { Caller } from "../platform/mod.ts";
import { limits, Refusal, say } from "../protocol/mod.ts";
import { Append, type AppendRequest } from "./append.ts";
import { RequestBody } from "./request_body.ts";
import { fileName } from "./names.ts";
import { type FileParts, uploadLock } from "./parts.ts";
import type { UploadedFrom, UploadRecord } from "./ports.ts";
import type { Quotas } from "./quotas.ts";
import { beyond, noUpload, overUploadMax, superseded, unsaved } from "./refusals.ts";
import { ActiveAppend } from "./active_append.ts";
import type { UploadCompletion } from "./upload_completion.ts";

/** Resumable uploads (FI-2). Every offset that the server answers is safe on the disk. */
export class Resumable {
  readonly #parts: FileParts;
  readonly #quotas: Quotas;
  readonly #completion: UploadCompletion;
  /** The newest append request of each upload. */
  readonly #active = new Map<string, ActiveAppend>();

  constructor(parts: FileParts, quotas: Quotas, completion: UploadCompletion) {
    this.#parts = parts;
    this.#quotas = quotas;
    this.#completion = completion;
  }

  /** Whether this process has an append request for the upload. */
  isActive(uploadId: string): boolean {
    return this.#active.has(uploadId);
  }

  async begin(
    { userId: ownerId }: Caller,
    from: UploadedFrom,
    named: { name: string; size: number },
  ): Promise<UploadRecord | Refusal> {
    const { store, blobs, clock, ids, locks, settings: { uploadMaxBytes } } = this.#parts;
    const name = fileName(named.name);
    if (name instanceof Refusal) return name;
    if (named.size > uploadMaxBytes) return overUploadMax(uploadMaxBytes);
    const createdMs = clock.now();
    const record: UploadRecord = {
      id: ids.next(),
      ownerId,
      name,
      sizeBytes: named.size,
      offsetBytes: 0,
      createdMs,
      expiresMs: createdMs + limits.uploadKeptMs,
      from,
      finishing: null,
      fileId: null,
      refused: null,
    };
    return await this.#refusingDisk(record, async () => {
      const refused = await this.#quotas.begin(ownerId, named.size, async () => {
        await using staged = await blobs.stage(record.id);
        // A client that has the answer needs the staged file, also after a crash.
        await staged.sync();
        await store.saveUpload(record);
      });
      if (refused !== undefined) return refused;
      if (named.size > 0) return record;
      return await locks.run(uploadLock(record.id), () => this.#completion.complete(record));
    });
  }

  /** Returns the state; first syncs the bytes of a running append. */
  async state(caller: Caller, uploadId: string): Promise<UploadRecord | Refusal> {
    const known = await this.#own(caller, uploadId);
    if (known instanceof Refusal) return known;
    await this.#active.get(uploadId)?.sync();
    const record = await this.#own(caller, uploadId);
    if (record instanceof Refusal || !isWhole(record)) return record;
    // All bytes arrived, but a crash or a full disk prevented the file.
    return await this.#refusingDisk(
      record,
      () =>
        this.#parts.locks.run(uploadLock(uploadId), async () => {
          const now = await this.#own(caller, uploadId);
          return now instanceof Refusal || !isWhole(now) ? now : await this.#completion.complete(now);
        }),
    );
  }

  async append(
    caller: Caller,
    uploadId: string,
    at: AppendRequest,
    stream: ReadableStream<Uint8Array>,
  ): Promise<UploadRecord | Refusal> {
    const { clock, locks } = this.#parts;
    using body = new RequestBody(stream, clock);
    const known = await this.#own(caller, uploadId);
    if (known instanceof Refusal) return known;
    const active = new ActiveAppend(body);
    this.#active.get(uploadId)?.stop();
    this.#active.set(uploadId, active);
    try {
      return await this.#refusingDisk(known, () =>
        locks.run(uploadLock(uploadId), async () => {
          const record = await this.#own(caller, uploadId);
          if (record instanceof Refusal) return record;
          return await this.#append(record, at, body, active);
        }));
    } finally {
      active.end();
      if (this.#active.get(uploadId) === active) this.#active.delete(uploadId);
    }
  }

  /** Ends the upload and removes its bytes. A file already made from it stays. */
  async abandon(caller: Caller, uploadId: string): Promise<true | Refusal> {
    const { locks } = this.#parts;
    const known = await this.#own(caller, uploadId, { alsoRefused: true });
    if (known instanceof Refusal) return known;
    this.#active.get(uploadId)?.stop();
    return await locks.run(uploadLock(uploadId), async () => {
      const record = await this.#own(caller, uploadId, { alsoRefused: true });
      if (record instanceof Refusal) return record;
      await this.#completion.drop(record);
      return true;
    });
  }

  async #append(
    record: UploadRecord,
    at: AppendRequest,
    body: RequestBody,
    active: ActiveAppend,
  ): Promise<UploadRecord | Refusal> {
    const { blobs, staging } = this.#parts;
    if (at.offset !== record.offsetBytes) return elsewhere(record);
    // The client lost the last answer: it asks again, and the file exists.
    if (record.fileId !== null) return (at.size ?? 0) === 0 ? record : elsewhere(record);
    if (isWhole(record)) return await this.#completion.complete(record);
    const leftBytes = record.sizeBytes - record.offsetBytes;
    if (at.size !== null && at.size > leftBytes) return beyond(record);
    staging.add(record.id);
    try {
      await using staged = await blobs.reopen(record.id, record.offsetBytes);
      if (staged === null) return await this.#completion.lost(record);
      const append = new Append(this.#parts, record, staged, active);
      const refusal = await append.write(at, body);
      if (refusal !== undefined) return refusal;
      return append.isWhole ? await this.#completion.finish(append.record, staged) : append.record;
    } finally {
      staging.delete(record.id);
    }
  }

  /** Returns the caller's upload. A refused upload gets its refusal again. */
  async #own(
    { userId }: Caller,
    uploadId: string,
    { alsoRefused = false } = {},
  ): Promise<UploadRecord | Refusal> {
    const { store, clock } = this.#parts;
    const record = await store.upload(uploadId);
    if (record === null || record.ownerId !== userId) return noUpload();
    if (record.expiresMs <= clock.now() && !this.isActive(uploadId)) return noUpload();
    if (record.refused === null || alsoRefused) return record;
    const { kind, message } = record.refused;
    return new Refusal(kind, typeof message === "string" ? say("verbatim", { text: message }) : message);
  }

  /** Turns what the disk could not do into a refusal. The record still has the safe offset. */
  async #refusingDisk<T>(
    { from: { requestId } }: UploadRecord,
    work: () => Promise<T>,
  ): Promise<T | Refusal> {
    try {
      return await work();
    } catch (error) {
      // Another instance is writing to this upload: its request is the one that continues.
      if (error instanceof Deno.errors.Busy) return superseded();
      const known = unsaved(error);
      if (known === null) throw error;
      this.#parts.log.error(known.event, { requestId, error: error as Error });
      return known.refusal;
    }
  }
}

/** All bytes arrived and no file was made of them yet. */
function isWhole({ offsetBytes, sizeBytes, fileId, refused }: UploadRecord): boolean {
  return offsetBytes === sizeBytes && fileId === null && refused === null;
}

function elsewhere({ offsetBytes }: UploadRecord): Refusal {
  return new Refusal("conflict", say("upload.offset", { offset: offsetBytes }));
}
