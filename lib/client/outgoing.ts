import { clientLimits as limits } from "../protocol/client_limits.ts";
import type { Method } from "../protocol/methods.ts";
import type { Clock } from "../platform/clock.ts";
import { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import type { Connection } from "./connection.ts";
import { type Outcome, type QueuedRequest, RequestQueue } from "./request_queue.ts";
import type { OutboxStore, StoredRequest } from "./outbox_store.ts";
import { plainParams } from "./plain_params.ts";
import { isKeyed, type RequestClass, requestClasses, RequestError } from "./requests.ts";
import { StoredRequests } from "./stored_requests.ts";

export interface OutgoingOptions {
  clock: Clock;
  random: Random;
  log: Log;
  store: OutboxStore | undefined;
  /** Id of the person, if known before the first connection. */
  userId: string | undefined;
}

/** A request that the server has not answered yet. */
export type PendingRequest = Pick<StoredRequest, "id" | "method" | "params">;

export interface OutgoingHost {
  /** The connection, if it takes requests now. */
  connection(): Connection | undefined;
  /** Whether the client will connect without the person's help. */
  reconnects(): boolean;
  /** The number of waiting requests changed, or whether a stop is among them. */
  changed(): void;
  /** The server answered a stop or a resume. */
  stopAnswered(stopped: boolean): void;
  /** The server refused a request of an earlier page. */
  unsent(request: { method: Method; params: Record<string, unknown>; error: RequestError }): void;
}

/**
 * All requests of the person. With a connection they are sent now. Without one, those that are safe to repeat wait in queues;
 * a stop is sent before all others (UI-4).
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #host: OutgoingHost;
  readonly #ids: Ids;
  readonly #stops: RequestQueue;
  readonly #writes: RequestQueue;
  readonly #reads: RequestQueue;
  #pendingStop: Promise<unknown> | undefined;
  #userId: string | undefined;
  readonly #stored: StoredRequests;
  #loading: Promise<void> | undefined;
  #loaded: boolean;
  #closed: RequestError | undefined;

  constructor(options: OutgoingOptions, host: OutgoingHost) {
    this.#options = options;
    this.#host = host;
    this.#ids = new Ids(options.clock, options.random);
    this.#userId = options.userId;
    this.#stored = new StoredRequests(options.store, options.clock, options.log);
    this.#loaded = !this.#stored.exist;
    const kept = {
      kept: (queued: QueuedRequest) => this.#kept(queued),
      gone: (queued: QueuedRequest) => this.#gone(queued),
    };
    const unkept = { kept: () => host.changed(), gone: () => host.changed() };
    this.#stops = new RequestQueue(options.clock, kept, { untiring: true });
    this.#writes = new RequestQueue(options.clock, kept, { untiring: false });
    this.#reads = new RequestQueue(options.clock, unkept, { untiring: false });
  }

  get waiting(): number {
    return this.#stops.size + this.#writes.size + this.#reads.size;
  }

  /** Stops, then writes, that the server has not answered, oldest first. */
  get pending(): PendingRequest[] {
    return [...this.#stops.all, ...this.#writes.all].map(({ id, method, params }) => ({
      id,
      method,
      params,
    }));
  }

  /** The person pressed Stop and the server has not answered yet. */
  get stopPending(): boolean {
    return this.#stops.size > 0;
  }

  /** Whether something new can be shown: no stop is pending, here or in the store. */
  get clear(): boolean {
    return this.#loaded && !this.stopPending;
  }

  /** Reads what an earlier page left, if the person is known. */
  prepare(): void {
    if (this.#userId !== undefined) this.#loading ??= this.#load(this.#userId);
  }

  /** With the `id` of a request that waits already, gives the answer of that one. */
  request(
    method: Method,
    params: Record<string, unknown>,
    timeoutMs: number,
    id?: string,
  ): Promise<unknown> {
    const kind: RequestClass = requestClasses[method];
    // A second stop would change nothing: both callers get the answer of the first.
    if (kind === "stop" && this.#pendingStop !== undefined) return this.#pendingStop;
    const joined = id === undefined ? undefined : this.#join(id);
    if (joined !== undefined) return joined;
    if (method === "safety.resume" && this.stopPending) {
      return Promise.reject(new RequestError("conflict", "Your Stop is not answered yet. Try again."));
    }
    const checked = plainParams(params);
    if (checked instanceof RequestError) return Promise.reject(checked);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const queued = this.#queued(method, checked, timeoutMs, (outcome) => {
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    }, id);
    if (kind === "stop") this.#pendingStop = promise;
    this.#route(kind, queued, id !== undefined);
    return promise;
  }

  /** Gives the caller the answer to a request of an earlier page; a refusal is then not told as `unsent`. */
  #join(id: string): Promise<unknown> | undefined {
    const queued = [...this.#stops.all, ...this.#writes.all].find((one) => one.id === id);
    if (queued === undefined) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { settle } = queued;
    queued.joined = true;
    queued.settle = (outcome) => {
      settle(outcome);
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    };
    return promise;
  }

  /** The connection is ready and belongs to this person. */
  start(connection: Connection, userId: string): void {
    if (this.#userId === undefined) {
      this.#userId = userId;
      for (const queued of [...this.#stops.all, ...this.#writes.all]) this.#put(queued);
    }
    this.#stops.start(connection);
    this.#reads.start(connection);
    this.#loading ??= this.#load(userId);
    void this.#loading.then(() => this.#startWrites());
  }

  connectionEnded(): void {
    for (const queue of [this.#stops, this.#writes, this.#reads]) queue.connectionEnded();
  }

  /** The client no longer reconnects: reads fail with this error, stops and writes are kept. */
  giveUpReads(error: RequestError): void {
    this.#reads.abandon(error);
    this.#host.changed();
  }

  /** Resolves when the store has been written. */
  async close(error: RequestError): Promise<void> {
    this.#closed = error;
    for (const queue of [this.#stops, this.#writes, this.#reads]) queue.abandon(error);
    await this.#stored.written;
  }

  get #full(): boolean {
    return this.waiting >= limits.clientOutbox;
  }

  /** `repeated`: the store may have the request already, in its place among others. */
  #route(kind: RequestClass, queued: QueuedRequest, repeated = false): void {
    const connection = this.#host.connection();
    switch (kind) {
      case "stop":
        return this.#stops.add(queued);
      case "once":
        if (connection !== undefined) return this.#direct(connection, kind, queued);
        return queued.settle({
          error: new RequestError("offline", "There is no connection to the server now."),
        });
      case "write":
        if (
          connection !== undefined && this.#writes.size === 0 && this.#stops.size === 0 &&
          (this.#loaded || !repeated)
        ) {
          return this.#direct(connection, kind, queued);
        }
        return this.#keep(this.#writes, queued);
      case "read":
        if (connection !== undefined) return this.#direct(connection, kind, queued);
        if (this.#host.reconnects()) return this.#keep(this.#reads, queued);
        return queued.settle({ error: new RequestError("offline", "There is no connection to the server.") });
      default:
        kind satisfies never;
    }
  }

  #direct(connection: Connection, kind: "once" | "write" | "read", queued: QueuedRequest): void {
    if (connection.inFlight >= limits.clientInFlight) {
      return queued.settle({
        error: new RequestError("queue_full", "Too many requests wait for their answers. Try again later."),
      });
    }
    queued.sentAt = this.#options.clock.now();
    connection.call(queued.method, queued.params, queued.timeoutMs).then(
      (result) => queued.settle({ result }),
      (error: RequestError) => {
        if (this.#closed !== undefined) return queued.settle({ error: this.#closed });
        if (error.kind !== "broken" || kind === "once") return queued.settle({ error });
        // The error stays `broken`, not `queue_full`: the request was sent, and its fate is unknown.
        if (this.#full) return queued.settle({ error });
        queued.tries++;
        this.#route(kind, queued);
      },
    );
  }

  #keep(queue: RequestQueue, queued: QueuedRequest): void {
    if (!this.#full) return queue.add(queued);
    queued.settle({
      error: new RequestError("queue_full", "Too many requests wait for a connection. Try again later."),
    });
  }

  #queued(
    method: Method,
    params: Record<string, unknown>,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
    id = this.#ids.next(),
  ): QueuedRequest {
    const keyed = isKeyed(method) && params.key === undefined;
    return {
      id,
      method,
      params: keyed ? { ...params, key: id } : params,
      createdAt: this.#options.clock.now(),
      sentAt: null,
      timeoutMs,
      tries: 0,
      settle: (outcome) => {
        if (method === "safety.stop") this.#pendingStop = undefined;
        const answered = method === "safety.stop" || method === "safety.resume";
        if (answered && "result" in outcome) this.#host.stopAnswered(method === "safety.stop");
        settle(outcome);
      },
    };
  }

  /** Writes wait until every stop is answered. */
  #startWrites(): void {
    const connection = this.#host.connection();
    if (connection !== undefined && this.#loaded && this.#stops.size === 0) this.#writes.start(connection);
  }

  #kept(queued: QueuedRequest): void {
    this.#put(queued);
    this.#host.changed();
  }

  #gone(queued: QueuedRequest): void {
    this.#stored.remove(queued.id);
    if (queued.method === "safety.stop") this.#startWrites();
    this.#host.changed();
  }

  #put({ id, method, params, createdAt, sentAt }: QueuedRequest): void {
    const userId = this.#userId;
    if (userId !== undefined) this.#stored.put({ id, userId, method, params, createdAt, sentAt });
  }

  /** Takes over what an earlier page of the same person left. */
  async #load(userId: string): Promise<void> {
    if (!this.#stored.exist) return;
    const found = await this.#stored.load();
    const own = new Set(this.pending.map(({ id }) => id));
    for (const stored of found) {
      if (stored.userId === userId && !own.has(stored.id)) this.#adopt(stored);
    }
    this.#loaded = true;
    this.#host.changed();
  }

  #adopt({ id, method, params, createdAt, sentAt }: StoredRequest): void {
    const kind: RequestClass | undefined = requestClasses[method];
    if (kind !== "stop" && kind !== "write") return;
    const queued = this.#queued(method, params, limits.clientRequestMs, (outcome) => {
      if ("error" in outcome && outcome.error.kind !== "closed" && !queued.joined) {
        this.#host.unsent({ method, params, error: outcome.error });
      }
    }, id);
    queued.createdAt = createdAt;
    queued.sentAt = sentAt;
    (kind === "stop" ? this.#stops : this.#writes).add(queued);
  }
}
