import { clientLimits as limits } from "../protocol/client_limits.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { asError } from "./events.ts";
import type { OutboxStore, StoredRequest } from "./outbox_store.ts";

/** Access to an `OutboxStore` that may be missing, fail or hang: errors are logged, and nothing waits for it long. */
export class StoredRequests {
  readonly #store: OutboxStore | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Calls of the store, one after another. */
  #calls: Promise<void> = Promise.resolve();

  constructor(store: OutboxStore | undefined, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether there is a store. */
  get exist(): boolean {
    return this.#store !== undefined;
  }

  /** Resolves when the store has everything that it was given. */
  get written(): Promise<void> {
    return this.#calls;
  }

  put(request: StoredRequest): void {
    this.#call((store) => store.put(request));
  }

  remove(id: string): void {
    this.#call((store) => store.remove(id));
  }

  /** What an earlier page left; empty if the store fails or does not answer in time. */
  async load(): Promise<StoredRequest[]> {
    if (this.#store === undefined) return [];
    const late = Promise.withResolvers<StoredRequest[]>();
    const timer = this.#clock.after(limits.clientConnectMs, () => late.resolve([]));
    try {
      return await Promise.race([this.#store.load(), late.promise]);
    } catch (error) {
      this.#failed(error);
      return [];
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #call(work: (store: OutboxStore) => Promise<void>): void {
    const store = this.#store;
    if (store === undefined) return;
    this.#calls = this.#calls.then(() => work(store)).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    this.#log.warn("client.outbox_store_failed", { error: asError(error) });
  }
}
