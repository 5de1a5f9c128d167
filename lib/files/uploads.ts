import type { Caller } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import { RequestBody } from "./request_body.ts";
import type { Intake } from "./intake.ts";
import { fileName } from "./names.ts";
import type { FileParts } from "./parts.ts";
import type { FileRecord, Staged, UploadedFrom } from "./ports.ts";
import type { Quotas, Reservation } from "./quotas.ts";
import { notWhole, otherSize, overUploadMax, stalled, unsaved } from "./refusals.ts";
import { mediaTypeOf } from "./media_type.ts";

/** Uploads in one request (FI-1). Checks an announced size before it reads a byte, and counts the bytes that arrive. */
export class Uploads {
  readonly #parts: FileParts;
  readonly #quotas: Quotas;
  readonly #intake: Intake;

  constructor(parts: FileParts, quotas: Quotas, intake: Intake) {
    this.#parts = parts;
    this.#quotas = quotas;
    this.#intake = intake;
  }

  /** A refused or failed upload leaves nothing behind. */
  async upload(
    caller: Caller,
    from: UploadedFrom,
    named: { name: string; size: number | null },
    stream: ReadableStream<Uint8Array>,
  ): Promise<FileRecord | Refusal> {
    const { clock, settings: { uploadMaxBytes } } = this.#parts;
    using body = new RequestBody(stream, clock);
    const name = fileName(named.name);
    if (name instanceof Refusal) return name;
    if (named.size !== null && named.size > uploadMaxBytes) return overUploadMax(uploadMaxBytes);
    const reserved = await this.#quotas.reserve(caller.userId, named.size);
    if (reserved instanceof Refusal) return reserved;
    using reservation = reserved;
    try {
      return await this.#takeIn(caller, from, { ...named, name }, body, reservation);
    } catch (error) {
      const known = unsaved(error);
      if (known === null) throw error;
      this.#parts.log.error(known.event, { requestId: from.requestId, error: error as Error });
      return known.refusal;
    }
  }

  async #takeIn(
    { userId: ownerId }: Caller,
    from: UploadedFrom,
    { name, size }: { name: string; size: number | null },
    body: RequestBody,
    reservation: Reservation,
  ): Promise<FileRecord | Refusal> {
    const { blobs, ids, staging } = this.#parts;
    const stagedId = ids.next();
    staging.add(stagedId);
    try {
      const whole = await this.#read(stagedId, size, body, reservation);
      if (whole instanceof Refusal) return whole;
      return await this.#intake.accept({ ...whole, stagedId, ownerId, name, from }, { reservation });
    } finally {
      // Kept bytes are a blob of their own by now.
      await blobs.unstage(stagedId);
      staging.delete(stagedId);
    }
  }

  async #read(stagedId: string, size: number | null, body: RequestBody, reservation: Reservation) {
    await using staged = await this.#parts.blobs.stage(stagedId);
    const refusal = await this.#fill(staged, size, body, reservation);
    if (refusal !== undefined) return refusal;
    const { sha256, sizeBytes, head } = await staged.finish();
    return { sha256, sizeBytes, type: await mediaTypeOf(head, head.length === sizeBytes) };
  }

  async #fill(
    staged: Staged,
    size: number | null,
    body: RequestBody,
    reservation: Reservation,
  ): Promise<Refusal | undefined> {
    const { uploadMaxBytes } = this.#parts.settings;
    while (true) {
      const next = await body.next();
      if (next instanceof Uint8Array) {
        const sizeBytes = staged.sizeBytes + next.length;
        if (size !== null && sizeBytes > size) return otherSize(size, "more");
        if (sizeBytes > uploadMaxBytes) return overUploadMax(uploadMaxBytes);
        const refusal = size === null ? reservation.grow(next.length) : undefined;
        if (refusal !== undefined) return refusal;
        if (next.length > 0) await staged.write(next);
        continue;
      }
      switch (next) {
        case null:
          return size === null || staged.sizeBytes === size
            ? undefined
            : otherSize(size, String(staged.sizeBytes));
        case "stalled":
          return stalled();
        case "cut":
        case "stopped":
          return notWhole();
        case "sync_requested":
          continue;
        default:
          return next satisfies never;
      }
    }
  }
}
