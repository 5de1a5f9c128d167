import type { Body } from "./request_body.ts";

/**
 * A request that goes on with a resumable upload, from its arrival to its end. A newer one stops it: a client whose line died
 * comes back long before the server notices.
 */
export class Running {
  readonly #body: Body;
  #safe: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(body: Body) {
    this.#body = body;
  }

  stop(): void {
    this.#body.stop();
  }

  /** Resolves when what came so far, and counts, is on the disk and in the upload's record. */
  async safe(): Promise<void> {
    if (this.#ended) return;
    this.#safe ??= Promise.withResolvers();
    this.#body.ask();
    await this.#safe.promise;
  }

  /** That it is now. */
  saved(): void {
    this.#safe?.resolve();
    this.#safe = undefined;
  }

  end(): void {
    this.#ended = true;
    this.saved();
  }
}
