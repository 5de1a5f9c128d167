import type { Caller } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";
import { Appending, type At } from "./append.ts";
import { Body } from "./request_body.ts";
import type { Intake } from "./intake.ts";
import { fileName } from "./names.ts";
import { type FileParts, uploadTurn } from "./parts.ts";
import type { Staged, UploadedFrom, UploadRecord } from "./ports.ts";
import type { Quotas } from "./quotas.ts";
import { beyond, noRoom, noUpload, overUploadMax, superseded } from "./refusals.ts";
import { Running } from "./active_append.ts";
import { typeOf } from "./media_type.ts";

/** Uploads that go on where they stopped (FI-2). An offset that was answered is on the disk, whatever happens to the process. */
export class Resumable {
  readonly #parts: FileParts;
  readonly #quotas: Quotas;
  readonly #intake: Intake;
  /** The newest request of each upload. */
  readonly #running = new Map<string, Running>();

  constructor(parts: FileParts, quotas: Quotas, intake: Intake) {
    this.#parts = parts;
    this.#quotas = quotas;
    this.#intake = intake;
  }

  /** Whether a request goes on with it in this process. */
  isRunning(uploadId: string): boolean {
    return this.#running.has(uploadId);
  }

  async begin(
    { userId: ownerId }: Caller,
    from: UploadedFrom,
    named: { name: string; size: number },
  ): Promise<UploadRecord | Refusal> {
    const { store, blobs, clock, ids, turns, settings: { uploadMaxBytes } } = this.#parts;
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
    return await this.#roomed(record, async () => {
      const refused = await this.#quotas.begin(ownerId, named.size, async () => {
        await using staged = await blobs.stage(record.id);
        // The place must outlive the process when the answer does.
        await staged.sync();
        await store.saveUpload(record);
      });
      if (refused !== undefined) return refused;
      if (named.size > 0) return record;
      return await turns.take(uploadTurn(record.id), () => this.#goOn(record));
    });
  }

  /** How far it is, with what a running request has brought so far made safe. */
  async state(caller: Caller, uploadId: string): Promise<UploadRecord | Refusal> {
    const known = await this.#own(caller, uploadId);
    if (known instanceof Refusal) return known;
    await this.#running.get(uploadId)?.safe();
    const record = await this.#own(caller, uploadId);
    if (record instanceof Refusal || !isWhole(record)) return record;
    // All bytes came and the process died before the file was made, or the disk was full.
    return await this.#roomed(record, () =>
      this.#parts.turns.take(uploadTurn(uploadId), async () => {
        const now = await this.#own(caller, uploadId);
        return now instanceof Refusal || !isWhole(now) ? now : await this.#goOn(now);
      }));
  }

  async append(
    caller: Caller,
    uploadId: string,
    at: At,
    stream: ReadableStream<Uint8Array>,
  ): Promise<UploadRecord | Refusal> {
    const { clock, turns } = this.#parts;
    using body = new Body(stream, clock);
    const known = await this.#own(caller, uploadId);
    if (known instanceof Refusal) return known;
    const running = new Running(body);
    this.#running.get(uploadId)?.stop();
    this.#running.set(uploadId, running);
    try {
      return await this.#roomed(known, () =>
        turns.take(uploadTurn(uploadId), async () => {
          const record = await this.#own(caller, uploadId);
          if (record instanceof Refusal) return record;
          return await this.#append(record, at, body, running);
        }));
    } finally {
      running.end();
      if (this.#running.get(uploadId) === running) this.#running.delete(uploadId);
    }
  }

  /** Ends it and removes its bytes. A file that was made of it stays. */
  async abandon(caller: Caller, uploadId: string): Promise<true | Refusal> {
    const { turns } = this.#parts;
    const known = await this.#own(caller, uploadId, { alsoRefused: true });
    if (known instanceof Refusal) return known;
    this.#running.get(uploadId)?.stop();
    return await turns.take(uploadTurn(uploadId), async () => {
      const record = await this.#own(caller, uploadId, { alsoRefused: true });
      if (record instanceof Refusal) return record;
      await this.drop(record);
      return true;
    });
  }

  /** Removes the record, then the bytes: what is left after a crash in between is swept. Only while it is the upload's turn. */
  async drop(record: UploadRecord): Promise<void> {
    await this.#parts.store.removeUpload(record);
    await this.#parts.blobs.unstage(record.id);
  }

  async #append(
    record: UploadRecord,
    at: At,
    body: Body,
    running: Running,
  ): Promise<UploadRecord | Refusal> {
    const { blobs, staging } = this.#parts;
    if (at.offset !== record.offsetBytes) return elsewhere(record);
    // Its last answer was lost: nothing more is to come, and the file is there.
    if (record.fileId !== null) return (at.size ?? 0) === 0 ? record : elsewhere(record);
    if (isWhole(record)) return await this.#goOn(record);
    const leftBytes = record.sizeBytes - record.offsetBytes;
    if (at.size !== null && at.size > leftBytes) return beyond(record);
    staging.add(record.id);
    try {
      await using staged = await blobs.reopen(record.id, record.offsetBytes);
      if (staged === null) return await this.#lost(record);
      const appending = new Appending(this.#parts, record, staged, running);
      const refusal = await appending.read(at, body);
      if (refusal !== undefined) return refusal;
      return appending.isWhole ? await this.#finish(appending.record, staged) : appending.record;
    } finally {
      staging.delete(record.id);
    }
  }

  /** All bytes came: what they are is written down first, so that a crash from here on costs nothing that was sent. */
  async #finish(record: UploadRecord, staged: Staged): Promise<UploadRecord | Refusal> {
    const { sha256, sizeBytes, head } = await staged.finish();
    const finishing = { sha256, type: await typeOf(head, head.length === sizeBytes) };
    const whole: UploadRecord = { ...record, offsetBytes: sizeBytes, finishing };
    await this.#parts.store.saveUpload(whole);
    return await this.#accept(whole, record.id, finishing);
  }

  /** Makes the file of an upload whose bytes are all there. Only while it is the upload's turn. */
  async #goOn(record: UploadRecord): Promise<UploadRecord | Refusal> {
    const { blobs } = this.#parts;
    const { id, sizeBytes, finishing } = record;
    if (finishing !== null) {
      if (await this.#isAside(record)) return await this.#accept(record, id, finishing);
      // Or they were kept already, and only the record of the file is missing.
      const isKept = await blobs.sizeOf(finishing.sha256) === sizeBytes;
      return isKept ? await this.#accept(record, null, finishing) : await this.#lost(record);
    }
    await using staged = await blobs.reopen(id, sizeBytes);
    return staged === null ? await this.#lost(record) : await this.#finish(record, staged);
  }

  async #isAside({ id, sizeBytes }: UploadRecord): Promise<boolean> {
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
        // Its bytes went while they were being kept, or its owner may not have them: there is nothing to go on with.
        return await this.#lost(record, file);
      }
      return file;
    }
    return await store.upload(record.id) ?? { ...record, fileId: file.id };
  }

  async #lost(record: UploadRecord, answer = noUpload()): Promise<Refusal> {
    await this.drop(record);
    return answer;
  }

  /** The caller's upload; what became of one that was refused is told again. */
  async #own(
    { userId }: Caller,
    uploadId: string,
    { alsoRefused = false } = {},
  ): Promise<UploadRecord | Refusal> {
    const { store, clock } = this.#parts;
    const record = await store.upload(uploadId);
    if (record === null || record.ownerId !== userId) return noUpload();
    if (record.expiresMs <= clock.now() && !this.isRunning(uploadId)) return noUpload();
    if (record.refused === null || alsoRefused) return record;
    return new Refusal(record.refused.kind, record.refused.message);
  }

  /** A full disk is a refusal; the record still holds how far the upload surely is. */
  async #roomed<T>({ from: { requestId } }: UploadRecord, act: () => Promise<T>): Promise<T | Refusal> {
    try {
      return await act();
    } catch (error) {
      // Another instance writes to it: whoever sends it twice at once hears which one goes on.
      if (error instanceof Deno.errors.Busy) return superseded();
      const refusal = noRoom(error);
      if (refusal === null) throw error;
      this.#parts.log.error("file.no_room", { requestId, error: error as Error });
      return refusal;
    }
  }
}

/** All bytes are there and no file was made of them yet. */
function isWhole({ offsetBytes, sizeBytes, fileId, refused }: UploadRecord): boolean {
  return offsetBytes === sizeBytes && fileId === null && refused === null;
}

function elsewhere({ offsetBytes }: UploadRecord): Refusal {
  return new Refusal("conflict", `This upload is at byte ${offsetBytes}. Go on there.`);
}
