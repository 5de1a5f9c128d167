import type { Caller } from "../platform/mod.ts";
import { type FileObject, type FilePage, type FileState, limits, Refusal } from "../protocol/mod.ts";
import { type FileParts, ownerLock } from "./parts.ts";
import { neededMs } from "./needed.ts";
import type { FileRecord, FileUse } from "./ports.ts";
import { noFile } from "./refusals.ts";
import { expiryOf, fileObjectOf, shownState } from "./views.ts";

/** Number of a file's uses that one step asks about. */
const usesAtOnce = 16;

/** A clean file and its bytes: all, or those from `first` to `last`, both included. */
export interface Content {
  file: FileObject;
  open(range?: { first: number; last: number }): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** Lists, shows and removes files, for the people who may see them (FI-5). */
export class Access {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** Returns the caller's own files, newest first. */
  async list(
    { userId }: Caller,
    { before, limit = limits.pageDefault }: { before?: string | undefined; limit?: number | undefined },
  ): Promise<FilePage> {
    const { store, clock } = this.#parts;
    const found = await store.filesOf(userId, before ?? null, limit + 1);
    const page = found.slice(0, limit);
    const [blobs, uses] = await Promise.all([
      store.blobs(page.map(({ sha256 }) => sha256)),
      store.usesOf(page.map(({ id }) => id)),
    ]);
    const now = clock.now();
    const files = page.map((file) =>
      fileObjectOf(
        file,
        shownState(file, blobs.get(file.sha256), now),
        expiryOf(file, uses.get(file.id) ?? []),
      )
    );
    return { files, next: found.length > limit ? page.at(-1)!.id : null };
  }

  async get(caller: Caller, fileId: string): Promise<FileObject | Refusal> {
    const found = await this.#readable(caller.userId, fileId);
    return found instanceof Refusal ? found : found.object;
  }

  content({ userId, requestId }: Caller, fileId: string): Promise<Content | Refusal> {
    return this.#content(userId, fileId, requestId);
  }

  /** AU-8: a person's picture. Profiles decide who may see it, so the file is read on behalf of its owner. */
  picture(ownerId: string, fileId: string, requestId: string): Promise<Content | Refusal> {
    return this.#content(ownerId, fileId, requestId);
  }

  /** MO-2: clean bytes whosever they are, for moderators to whom a case shows them. Names no file. */
  async byHash(sha256: string, requestId: string): Promise<Content | Refusal> {
    const blob = (await this.#parts.store.blobs([sha256])).get(sha256);
    if (blob === undefined) return noFile();
    if (blob.state !== "clean") return notClean(blob.state);
    const { sizeBytes, type, createdMs } = blob;
    const file = { id: "", name: "", sha256, sizeBytes, type, createdMs };
    return await this.#opened(file, fileObjectOf(file, blob.state, createdMs), requestId);
  }

  async #content(userId: string, fileId: string, requestId: string): Promise<Content | Refusal> {
    const found = await this.#readable(userId, fileId);
    if (found instanceof Refusal) return found;
    const { file, object } = found;
    return object.state === "clean" ? await this.#opened(file, object, requestId) : notClean(object.state);
  }

  async #opened(
    { id, sha256, sizeBytes }: Pick<FileRecord, "id" | "sha256" | "sizeBytes">,
    object: FileObject,
    requestId: string,
  ): Promise<Content | Refusal> {
    const { blobs, log } = this.#parts;
    if (await blobs.sizeOf(sha256) !== sizeBytes) {
      log.error("file.bytes_missing", { fileId: id, sha256, requestId });
      return new Refusal("unavailable", "file.unreadable");
    }
    return {
      file: object,
      async open(range) {
        const stream = await blobs.open(sha256, range);
        if (stream === null) throw new Error("A file's bytes were deleted during a download.");
        return stream;
      },
    };
  }

  /** FI-7: removes a file that nothing uses. */
  async remove({ userId }: Caller, fileId: string): Promise<true | Refusal> {
    const { store, clock, locks } = this.#parts;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const file = await store.file(fileId);
      if (file === null || file.ownerId !== userId) return noFile();
      // Read before the uses: a use added after this makes the removal fail.
      const asOf = await store.lastUse(fileId);
      const uses = (await store.usesOf([fileId])).get(fileId) ?? [];
      if (await neededMs(this.#parts, fileId, uses) > clock.now()) return inUse();
      const removed = await locks.run(ownerLock(userId), () => store.remove(file, asOf));
      if (removed) return true;
      if (await isHeld(store, file)) return keptByServer();
    }
    return inUse();
  }

  async usage({ userId }: Pick<Caller, "userId">): Promise<{ used: number; quota: number }> {
    const { store, settings } = this.#parts;
    return { used: await store.usageOf(userId), quota: settings.quotaBytes };
  }

  /**
   * Finds a file for its owner and for the people whose command carries it. Everyone else gets the answer for a missing file:
   * the same text, after the same number of lookups.
   */
  async #readable(
    userId: string,
    fileId: string,
  ): Promise<{ file: FileRecord; object: FileObject } | Refusal> {
    const { store, clock } = this.#parts;
    const [file, usesOf] = await Promise.all([store.file(fileId), store.usesOf([fileId])]);
    const uses = usesOf.get(fileId) ?? [];
    const expiresMs = file?.ownerId === userId
      ? expiryOf(file, uses)
      : await this.#readUntil(userId, fileId, uses);
    if (file === null || expiresMs === null) return noFile();
    const blobs = await store.blobs([file.sha256]);
    const state = shownState(file, blobs.get(file.sha256), clock.now());
    return { file, object: fileObjectOf(file, state, expiresMs) };
  }

  /**
   * Returns until when someone may read another person's file: the latest end of the uses that let them. Null: they may not.
   */
  async #readUntil(
    userId: string,
    fileId: string,
    uses: readonly FileUse[],
  ): Promise<number | null> {
    const { readers, clock } = this.#parts;
    const live = uses.filter(({ untilMs }) => untilMs > clock.now()).sort((a, b) => b.untilMs - a.untilMs);
    if (live.length === 0) {
      // Keeps the time equal to that for a file in use.
      await readers.mayRead(userId, { by: { kind: "command", commandId: fileId }, untilMs: 0 });
      return null;
    }
    for (let at = 0; at < live.length; at += usesAtOnce) {
      const asked = live.slice(at, at + usesAtOnce);
      const answers = await Promise.all(asked.map((use) => readers.mayRead(userId, use)));
      const first = answers.indexOf(true);
      if (first !== -1) return asked[first]!.untilMs;
    }
    return null;
  }
}

/** SC-5: whether a legal hold covers the file, its bytes or its owner. */
export async function isHeld(store: FileParts["store"], file: FileRecord): Promise<boolean> {
  const held = await Promise.all([
    store.held("file", file.id),
    store.held("blob", file.sha256),
    store.held("user", file.ownerId),
  ]);
  return held.includes(true);
}

function notClean(state: Exclude<FileState, "clean">): Refusal {
  switch (state) {
    case "scanning":
      return new Refusal("not_clean", "file.checking");
    case "held":
      return new Refusal("not_clean", "file.held");
    case "rejected":
      return new Refusal("not_clean", "file.rejected");
    default:
      return state satisfies never;
  }
}

function inUse(): Refusal {
  return new Refusal(
    "conflict",
    "file.used",
  );
}

function keptByServer(): Refusal {
  return new Refusal("conflict", "file.notNow");
}
