import { limits, Refusal } from "../protocol/mod.ts";
import { type FileParts, ownerTurn } from "./parts.ts";
import { overQuota, tooManyUploads } from "./refusals.ts";

/** One person's uploads that this process takes in now. */
interface Person {
  open: number;
  /** Bytes that they were promised. */
  reservedBytes: number;
  /** Bytes of files, and of resumable uploads that were begun, as the store last counted them. */
  takenBytes: number;
}

/** Room that an upload was given; it ends with the upload, whatever comes of that. */
export interface Reservation extends Disposable {
  /** More bytes came of an upload whose size was not known. */
  grow(bytes: number): Refusal | undefined;
  /** The store counts the bytes now. Only while it is the owner's turn. */
  taken(): void;
}

/** FI-1: what a person may hold, with what is under way. The store checks the files themselves once more when one is added. */
export class Quotas {
  readonly #parts: Pick<FileParts, "store" | "clock" | "settings" | "turns">;
  readonly #people = new Map<string, Person>();

  constructor(parts: Pick<FileParts, "store" | "clock" | "settings" | "turns">) {
    this.#parts = parts;
  }

  /** Room for one upload; `sizeBytes` null when that is not known before its end. */
  async reserve(ownerId: string, sizeBytes: number | null): Promise<Reservation | Refusal> {
    return await this.#parts.turns.take(ownerTurn(ownerId), async () => {
      const takenBytes = await this.#look(ownerId, sizeBytes ?? 0);
      if (takenBytes instanceof Refusal) return takenBytes;
      const person = this.#people.get(ownerId) ?? { open: 0, reservedBytes: 0, takenBytes };
      this.#people.set(ownerId, person);
      person.open++;
      person.takenBytes = takenBytes;
      person.reservedBytes += sizeBytes ?? 0;
      return this.#reservation(ownerId, person, sizeBytes ?? 0);
    });
  }

  /** Does `begin` if there is room for a resumable upload of this size, which the store counts from then on. */
  async begin(ownerId: string, sizeBytes: number, begin: () => Promise<void>): Promise<Refusal | undefined> {
    return await this.#parts.turns.take(ownerTurn(ownerId), async () => {
      const looked = await this.#look(ownerId, sizeBytes);
      if (looked instanceof Refusal) return looked;
      await begin();
      return undefined;
    });
  }

  /** Bytes that the store counts for a person, or why there is no room for so many more. */
  async #look(ownerId: string, moreBytes: number): Promise<number | Refusal> {
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
