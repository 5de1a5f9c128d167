import type { RequestBody } from "./request_body.ts";

/**
 * A request that appends to a resumable upload, from its arrival to its end. A newer request stops it: a client whose
 * connection broke comes back long before the server notices the break.
 */
export class ActiveAppend {
  readonly #body: RequestBody;
  #synced: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(body: RequestBody) {
    this.#body = body;
  }

  stop(): void {
    this.#body.stop();
  }

  /**
   * Resolves when the bytes received so far, unless their checksum is still open, are on the disk and in the upload's record.
   */
  async sync(): Promise<void> {
    if (this.#ended) return;
    this.#synced ??= Promise.withResolvers();
    this.#body.requestSync();
    await this.#synced.promise;
  }

  /** Answers the pending `sync` calls. */
  markSynced(): void {
    this.#synced?.resolve();
    this.#synced = undefined;
  }

  end(): void {
    this.#ended = true;
    this.markSynced();
  }
}
