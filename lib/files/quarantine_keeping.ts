import { blobLock, type FileParts } from "./parts.ts";

/** How long a legal hold puts off the end of a quarantine each time. */
const heldMs = 24 * 3600_000;

/**
 * Moves rejected bytes out of the blob store, brings back what a moderator releases, and destroys the rest (SC-8). The record
 * decides: it is written with the verdict, and each step may run twice.
 */
export class QuarantineKeeping {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** Moves the bytes of a rejected blob. Those of a match have no quarantine, as they become evidence (SC-5). */
  async put(sha256: string): Promise<void> {
    const { store, blobs, locks } = this.#parts;
    await locks.run(blobLock(sha256), async () => {
      const blob = (await store.blobs([sha256])).get(sha256);
      if (blob?.state !== "rejected") return;
      if (await store.quarantine(sha256) === null) await store.beginQuarantine(sha256);
      if (await store.quarantine(sha256) !== null) await blobs.quarantine.put(sha256);
    });
  }

  async release(sha256: string, commit: () => Promise<boolean>): Promise<boolean | "gone"> {
    const { blobs, locks } = this.#parts;
    return await locks.run(blobLock(sha256), async () => {
      if (!await blobs.quarantine.restore(sha256)) return "gone";
      let released = false;
      try {
        released = await commit();
      } finally {
        // A rejected blob's bytes are never served, so they may lie there for this moment.
        if (!released) await blobs.quarantine.put(sha256);
      }
      return released;
    });
  }

  /** Destroys the bytes when their time is over. */
  async end(sha256: string): Promise<void> {
    const { store, blobs, clock, locks, log } = this.#parts;
    await locks.run(blobLock(sha256), async () => {
      const record = await store.quarantine(sha256);
      if (record === null) return;
      const held = await store.held("blob", sha256);
      const now = clock.now();
      if (held || record.untilMs > now) {
        const dueMs = held ? Math.max(record.untilMs, now + heldMs) : record.untilMs;
        return await store.addJobs([{ dueMs, job: { kind: "quarantine_end", sha256 } }]);
      }
      await blobs.quarantine.destroy(sha256);
      await store.endQuarantine(sha256);
      log.info("quarantine.ended", { sha256 });
    });
  }

  async destroyUnknown(sha256: string): Promise<void> {
    const { store, blobs, locks } = this.#parts;
    await locks.run(blobLock(sha256), async () => {
      if (await store.quarantine(sha256) !== null) return;
      const state = (await store.blobs([sha256])).get(sha256)?.state;
      // A release that was cut off between its commit and its end.
      if (state !== undefined && state !== "rejected") await blobs.quarantine.restore(sha256);
      else if (!await store.held("blob", sha256)) await blobs.quarantine.destroy(sha256);
    });
  }
}
