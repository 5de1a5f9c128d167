import type { Method } from "../protocol/methods.ts";

/** A request that waits for its answer. Ids sort in the order in which the person acted. */
export interface StoredRequest {
  id: string;
  /** The person who made the request. It is sent only on a connection of theirs. */
  userId: string;
  method: Method;
  params: Record<string, unknown>;
  /** Milliseconds since 1970. `sentAt`: when it was first sent; null if it was not. */
  createdAt: number;
  sentAt: number | null;
}

/** Keeps a page's requests over a reload. Called one call at a time. The client logs failures and continues in memory. */
export interface OutboxStore {
  load(): Promise<StoredRequest[]>;
  /** Adds the request, or replaces the one with the same id. */
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
