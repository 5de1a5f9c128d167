import { clientLimits as limits } from "../protocol/client_limits.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Connection } from "./connection.ts";
import type { StoredRequest } from "./outbox_store.ts";
import { isKeyed, RequestError, type RequestErrorKind } from "./requests.ts";

export type Outcome = { result: unknown } | { error: RequestError };

/** A request that waits for its turn or its answer. */
export interface QueuedRequest extends Omit<StoredRequest, "userId"> {
  timeoutMs: number;
  /** Times that it was sent without an answer that counts: cut off, timed out, or refused for its rate. */
  tries: number;
  /** Left by an earlier page, and a caller of this page waits for its answer. */
  joined?: true;
  settle(outcome: Outcome): void;
}

export interface RequestQueueHost {
  /** The request was added, or its `sentAt` changed. */
  kept(request: QueuedRequest): void;
  /** The request has left the queue. */
  gone(request: QueuedRequest): void;
}

/** Wait after a refusal that names none. */
const defaultRetryMs = 1_000;

const passingKinds: readonly RequestErrorKind[] = ["broken", "rate_limited", "timed_out"];
const untiringKinds: readonly RequestErrorKind[] = [...passingKinds, "unavailable", "internal", "queue_full"];

/**
 * Requests that wait for a connection and are sent one after another. Their order survives refusals for the rate and lost
 * connections. `untiring`: repeats a request until the server answers it, however often it fails.
 */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #host: RequestQueueHost;
  readonly #untiring: boolean;
  #requests: QueuedRequest[] = [];
  #connection: Connection | undefined;
  #sending: QueuedRequest | undefined;
  #pause: Timer | undefined;

  constructor(clock: Clock, host: RequestQueueHost, options: { untiring: boolean }) {
    this.#clock = clock;
    this.#host = host;
    this.#untiring = options.untiring;
  }

  get size(): number {
    return this.#requests.length;
  }

  get all(): readonly QueuedRequest[] {
    return this.#requests;
  }

  /** Inserts the request by its id: ids sort in the order in which the person acted. */
  add(request: QueuedRequest): void {
    const after = this.#requests.findLastIndex((other) => other.id < request.id);
    this.#requests.splice(after + 1, 0, request);
    this.#host.kept(request);
    this.#next();
  }

  /** Sends on this connection until it ends. */
  start(connection: Connection): void {
    this.#connection = connection;
    this.#next();
  }

  connectionEnded(): void {
    this.#connection = undefined;
    this.#sending = undefined;
    this.#pause?.cancel();
    this.#pause = undefined;
  }

  /** Settles every request with this error. A store keeps them. */
  abandon(error: RequestError): void {
    this.connectionEnded();
    for (const request of this.#requests.splice(0)) request.settle({ error });
  }

  #next(): void {
    const connection = this.#connection;
    const request = this.#requests[0];
    if (connection === undefined || !connection.usable || request === undefined) return;
    if (this.#sending !== undefined || this.#pause !== undefined) return;
    if (this.#tooOld(request)) {
      return this.#done(request, {
        error: new RequestError("expired", "This waited too long to be sent again safely."),
      });
    }
    this.#sending = request;
    if (request.sentAt === null) {
      request.sentAt = this.#clock.now();
      this.#host.kept(request);
    }
    connection.call(request.method, request.params, request.timeoutMs).then(
      (result) => this.#done(request, { result }),
      (error: RequestError) => this.#refused(request, error, connection),
    );
  }

  /** The server remembers a key for a day; after that a repeat could become a second command (CM-1). */
  #tooOld({ method, sentAt }: QueuedRequest): boolean {
    return isKeyed(method) && sentAt !== null && this.#clock.now() - sentAt >= limits.keyKeptMs;
  }

  #done(request: QueuedRequest, outcome: Outcome): void {
    const at = this.#requests.indexOf(request);
    if (at < 0) return;
    this.#requests.splice(at, 1);
    if (this.#sending === request) this.#sending = undefined;
    request.settle(outcome);
    this.#host.gone(request);
    this.#next();
  }

  #refused(request: QueuedRequest, error: RequestError, connection: Connection): void {
    if (!this.#passes(error)) return this.#done(request, { error });
    request.tries++;
    if (request.tries > limits.clientRetries && !this.#untiring) return this.#done(request, { error });
    if (error.kind === "broken" || this.#connection !== connection || this.#sending !== request) return;
    this.#sending = undefined;
    const waitMs = Math.min(error.retryAfterMs ?? defaultRetryMs, limits.reconnectMaxMs);
    this.#pause = this.#clock.after(waitMs, () => {
      this.#pause = undefined;
      this.#next();
    });
  }

  /** Whether the same request can succeed later. */
  #passes(error: RequestError): boolean {
    return (this.#untiring ? untiringKinds : passingKinds).includes(error.kind);
  }
}
