import { createHash, type Hash } from "node:crypto";
import { limits, type Refusal } from "../protocol/mod.ts";
import type { Body } from "./request_body.ts";
import type { FileParts } from "./parts.ts";
import type { Staged, UploadRecord } from "./ports.ts";
import { beyond, notWhole, otherSize, stalled, superseded, wrongChecksum } from "./refusals.ts";
import type { Running } from "./active_append.ts";

/** Where a part of an upload begins, how many bytes it has if that is known, and what their checksum must be. */
export interface At {
  offset: number;
  size: number | null;
  sha256?: Uint8Array;
  sha1?: Uint8Array;
}

/** One part of a resumable upload on its way to the disk. */
export class Appending {
  readonly #parts: Pick<FileParts, "store" | "clock">;
  readonly #staged: Staged;
  readonly #running: Running;
  #record: UploadRecord;

  constructor(
    parts: Pick<FileParts, "store" | "clock">,
    record: UploadRecord,
    staged: Staged,
    running: Running,
  ) {
    this.#parts = parts;
    this.#record = record;
    this.#staged = staged;
    this.#running = running;
  }

  /** With how far the upload surely is. */
  get record(): UploadRecord {
    return this.#record;
  }

  get isWhole(): boolean {
    return this.#staged.sizeBytes === this.#record.sizeBytes;
  }

  /**
   * Takes the part in and makes it safe, also what came of one that was cut. A part that is longer than was said, or that has
   * a checksum and does not fit it, leaves the upload where it was: what lies behind that is cut off when it goes on.
   */
  async read(at: At, body: Body): Promise<Refusal | undefined> {
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
      if (next === "asked") {
        // What has a checksum counts as a whole or not at all.
        if (checks.length === 0) await this.#save();
        this.#running.saved();
        continue;
      }
      // Behind the last byte nothing can be missing, however the body ends.
      const refusal = this.isWhole ? undefined : endOf(next, at, gotBytes);
      const fits = checks.every(({ hash, sum }) => hash.digest().equals(sum));
      if (checks.length > 0 && (refusal !== undefined || !fits)) return refusal ?? wrongChecksum();
      // The whole is made safe together with what it is.
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
  { size }: At,
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

function checksOf({ sha256, sha1 }: At): { hash: Hash; sum: Uint8Array }[] {
  const checks: { hash: Hash; sum: Uint8Array }[] = [];
  if (sha256 !== undefined) checks.push({ hash: createHash("sha256"), sum: sha256 });
  if (sha1 !== undefined) checks.push({ hash: createHash("sha1"), sum: sha1 });
  return checks;
}
