import type { Method } from "../protocol/methods.ts";

/** A request that waits for the connection. Ids sort in the order in which the person acted. */
export interface StoredRequest {
  id: string;
  /** The person whose request it is: it is sent on that person's connection and on no other. */
  userId: string;
  method: Method;
  params: Record<string, unknown>;
  /** Milliseconds since 1970; `sentAt` is the first time it went out, null when it never did. */
  createdAt: number;
  sentAt: number | null;
}

/** Where a page keeps its outbox over a reload. Calls come one after another. A failure is logged; the memory goes on. */
export interface OutboxStore {
  load(): Promise<StoredRequest[]>;
  /** Adds, or replaces the one with the same id. */
  put(request: StoredRequest): Promise<void>;
  remove(id: string): Promise<void>;
}

/** An `OutboxStore` that ends with the process. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #requests = new Map<string, StoredRequest>();

  load(): Promise<StoredRequest[]> {
    return Promise.resolve([...this.#requests.values()].map((request) => structuredClone(request)));
  }

  put(request: StoredRequest): Promise<void> {
    this.#requests.set(request.id, structuredClone(request));
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.#requests.delete(id);
    return Promise.resolve();
  }
}
