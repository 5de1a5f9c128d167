import { createHash, type Hash } from "node:crypto";
import { limits, type Refusal } from "../protocol/mod.ts";
import type { RequestBody } from "./request_body.ts";
import type { FileParts } from "./parts.ts";
import type { Staged, UploadRecord } from "./ports.ts";
import { beyond, notWhole, otherSize, stalled, superseded, wrongChecksum } from "./refusals.ts";
import type { ActiveAppend } from "./active_append.ts";

/** One part of an upload: where it begins, its size in bytes (null when unknown), and the checksum that it must match. */
export interface AppendRequest {
  offset: number;
  size: number | null;
  sha256?: Uint8Array;
  sha1?: Uint8Array;
}

/** Writes one part of a resumable upload to the disk. */
export class Append {
  readonly #parts: Pick<FileParts, "store" | "clock">;
  readonly #staged: Staged;
  readonly #active: ActiveAppend;
  #record: UploadRecord;

  constructor(
    parts: Pick<FileParts, "store" | "clock">,
    record: UploadRecord,
    staged: Staged,
    active: ActiveAppend,
  ) {
    this.#parts = parts;
    this.#record = record;
    this.#staged = staged;
    this.#active = active;
  }

  /** The record, with the offset that is safe on the disk. */
  get record(): UploadRecord {
    return this.#record;
  }

  get isWhole(): boolean {
    return this.#staged.sizeBytes === this.#record.sizeBytes;
  }

  /**
   * Writes the part and syncs it; of a part that broke off, the bytes that arrived. A part that is longer than announced, or
   * does not match its checksum, leaves the offset as it was: the next append truncates the extra bytes.
   */
  async write(at: AppendRequest, body: RequestBody): Promise<Refusal | undefined> {
    const checks = checksOf(at);
    let gotBytes = 0;
    while (true) {
      const next = await body.next();
      if (next instanceof Uint8Array) {
        gotBytes += next.length;
        if (this.#staged.sizeBytes + next.length > this.#record.sizeBytes) return beyond(this.#record);
        if (at.size !== null && gotBytes > at.size) return otherSize(at.size, "more");
        for (const { hash } of checks) hash.update(next);
        if (next.length > 0) await this.#staged.write(next);
        continue;
      }
      if (next === "sync_requested") {
        // A part with a checksum counts whole or not at all.
        if (checks.length === 0) await this.#save();
        this.#active.markSynced();
        continue;
      }
      // After the upload's last byte nothing is missing, however the body ends.
      const refusal = this.isWhole ? undefined : endOf(next, at, gotBytes);
      const fits = checks.every(({ hash, sum }) => hash.digest().equals(sum));
      if (checks.length > 0 && (refusal !== undefined || !fits)) return refusal ?? wrongChecksum();
      // `finish` syncs a complete upload, together with its hash.
      if (!this.isWhole) await this.#save();
      return refusal;
    }
  }

  async #save(): Promise<void> {
    const { store, clock } = this.#parts;
    await this.#staged.sync();
    const offsetBytes = this.#staged.sizeBytes;
    this.#record = { ...this.#record, offsetBytes, expiresMs: clock.now() + limits.uploadKeptMs };
    await store.saveUpload(this.#record);
  }
}

function endOf(
  next: null | "cut" | "stalled" | "stopped",
  { size }: AppendRequest,
  gotBytes: number,
): Refusal | undefined {
  switch (next) {
    case null:
      return size === null || gotBytes === size ? undefined : otherSize(size, String(gotBytes));
    case "cut":
      return notWhole();
    case "stalled":
      return stalled();
    case "stopped":
      return superseded();
    default:
      return next satisfies never;
  }
}

function checksOf({ sha256, sha1 }: AppendRequest): { hash: Hash; sum: Uint8Array }[] {
  const checks: { hash: Hash; sum: Uint8Array }[] = [];
  if (sha256 !== undefined) checks.push({ hash: createHash("sha256"), sum: sha256 });
  if (sha1 !== undefined) checks.push({ hash: createHash("sha1"), sum: sha1 });
  return checks;
}
