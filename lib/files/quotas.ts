import { limits, Refusal } from "../protocol/mod.ts";
import { type FileParts, ownerLock } from "./parts.ts";
import { overQuota, tooManyUploads } from "./refusals.ts";

/** One person's uploads that run in this process. */
interface Person {
  open: number;
  /** Bytes reserved for these uploads. */
  reservedBytes: number;
  /** Bytes of files and of begun resumable uploads, as last read from the store. */
  takenBytes: number;
}

/** Part of the quota that is reserved for one upload, until it is disposed. */
export interface Reservation extends Disposable {
  /** Reserves more bytes, for an upload of unknown size. */
  grow(bytes: number): Refusal | undefined;
  /** The store counts the bytes now. Call it only with the owner's lock. */
  taken(): void;
}

/** FI-1: checks a person's quota, including uploads in progress. The store checks the quota again when it adds a file. */
export class Quotas {
  readonly #parts: Pick<FileParts, "store" | "clock" | "settings" | "locks">;
  readonly #people = new Map<string, Person>();

  constructor(parts: Pick<FileParts, "store" | "clock" | "settings" | "locks">) {
    this.#parts = parts;
  }

  /** Reserves quota for one upload; `sizeBytes` is null when the size is unknown. */
  async reserve(ownerId: string, sizeBytes: number | null): Promise<Reservation | Refusal> {
    return await this.#parts.locks.run(ownerLock(ownerId), async () => {
      const takenBytes = await this.#check(ownerId, sizeBytes ?? 0);
      if (takenBytes instanceof Refusal) return takenBytes;
      const person = this.#people.get(ownerId) ?? { open: 0, reservedBytes: 0, takenBytes };
      this.#people.set(ownerId, person);
      person.open++;
      person.takenBytes = takenBytes;
      person.reservedBytes += sizeBytes ?? 0;
      return this.#reservation(ownerId, person, sizeBytes ?? 0);
    });
  }

  /** Calls `begin` if the quota allows a resumable upload of this size. The store counts it from then on. */
  async begin(ownerId: string, sizeBytes: number, begin: () => Promise<void>): Promise<Refusal | undefined> {
    return await this.#parts.locks.run(ownerLock(ownerId), async () => {
      const checked = await this.#check(ownerId, sizeBytes);
      if (checked instanceof Refusal) return checked;
      await begin();
      return undefined;
    });
  }

  /** Returns the bytes that the store counts for a person, or a refusal when `moreBytes` do not fit. */
  async #check(ownerId: string, moreBytes: number): Promise<number | Refusal> {
    const { store, clock, settings: { quotaBytes } } = this.#parts;
    const [usedBytes, uploads] = await Promise.all([store.usageOf(ownerId), store.uploadsOf(ownerId)]);
    const begun = uploads.filter(({ expiresMs }) => expiresMs > clock.now());
    const takenBytes = begun.reduce((sum, { sizeBytes }) => sum + sizeBytes, usedBytes);
    const person = this.#people.get(ownerId);
    if ((person?.open ?? 0) + begun.length >= limits.uploadsOpen) return tooManyUploads();
    const leftBytes = quotaBytes - takenBytes - (person?.reservedBytes ?? 0);
    return moreBytes > leftBytes ? overQuota(quotaBytes, leftBytes) : takenBytes;
  }

  #reservation(ownerId: string, person: Person, sizeBytes: number): Reservation {
    const { quotaBytes } = this.#parts.settings;
    let reservedBytes = sizeBytes;
    let open = true;
    const end = () => {
      if (!open) return;
      open = false;
      person.open--;
      person.reservedBytes -= reservedBytes;
      if (person.open === 0) this.#people.delete(ownerId);
    };
    return {
      grow(bytes) {
        const leftBytes = quotaBytes - person.takenBytes - person.reservedBytes;
        if (bytes > leftBytes) return overQuota(quotaBytes, leftBytes);
        reservedBytes += bytes;
        person.reservedBytes += bytes;
        return undefined;
      },
      taken() {
        person.takenBytes += reservedBytes;
        end();
      },
      [Symbol.dispose]: end,
    };
  }
}
