import { limits } from "../protocol/limits.ts";
import type { Method } from "../protocol/methods.ts";
import type { Clock } from "../platform/clock.ts";
import { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import { asError } from "./events.ts";
import type { Line } from "./line.ts";
import { type Errand, Lane } from "./outbox.ts";
import type { OutboxStore, StoredRequest } from "./outbox_store.ts";
import { type RequestClass, requestClasses, RequestError } from "./requests.ts";

export interface OutgoingOptions {
  clock: Clock;
  random: Random;
  log: Log;
  store: OutboxStore | undefined;
  /** Whose requests these are, where that is known before a line stands. */
  userId: string | undefined;
}

/** A request that is kept until there is a line. */
export type PendingRequest = Pick<StoredRequest, "id" | "method" | "params">;

export interface OutgoingHost {
  /** The line when requests may go out on it. */
  line(): Line | undefined;
  /** Whether a line will come by itself. */
  hopeful(): boolean;
  /** How many wait, or whether a stop is among them, changed. */
  changed(): void;
  /** A stop or a resume was answered. */
  stopAnswered(stopped: boolean): void;
  /** A request of an earlier page was refused. */
  unsent(request: { method: Method; params: Record<string, unknown>; error: RequestError }): void;
}

/**
 * Everything that the person asks for. On a line that stands, requests go out at once; what may be repeated waits in
 * lanes while there is none. A stop goes before all else (UI-4).
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #host: OutgoingHost;
  readonly #ids: Ids;
  readonly #stops: Lane;
  readonly #writes: Lane;
  readonly #reads: Lane;
  #pendingStop: Promise<unknown> | undefined;
  #userId: string | undefined;
  #loading: Promise<void> | undefined;
  #loaded: boolean;
  #closed: RequestError | undefined;
  /** Calls of the store, one after another. */
  #storing: Promise<void> = Promise.resolve();

  constructor(options: OutgoingOptions, host: OutgoingHost) {
    this.#options = options;
    this.#host = host;
    this.#ids = new Ids(options.clock, options.random);
    this.#userId = options.userId;
    this.#loaded = options.store === undefined;
    const kept = {
      kept: (errand: Errand) => this.#kept(errand),
      gone: (errand: Errand) => this.#gone(errand),
    };
    const unkept = { kept: () => host.changed(), gone: () => host.changed() };
    this.#stops = new Lane(options.clock, kept, { untiring: true });
    this.#writes = new Lane(options.clock, kept, { untiring: false });
    this.#reads = new Lane(options.clock, unkept, { untiring: false });
  }

  get waiting(): number {
    return this.#stops.size + this.#writes.size + this.#reads.size;
  }

  /** What the person did and the server has not answered yet, oldest first. */
  get pending(): PendingRequest[] {
    return [...this.#stops.all, ...this.#writes.all].map(({ id, method, params }) => ({
      id,
      method,
      params,
    }));
  }

  /** A stop was asked for and not answered yet. */
  get stopPending(): boolean {
    return this.#stops.size > 0;
  }

  /** No stop is on its way, nor may one still be in the store: only then is something new shown. */
  get clear(): boolean {
    return this.#loaded && !this.stopPending;
  }

  /** Reads what an earlier page left, where it is known whose that is. */
  prepare(): void {
    if (this.#userId !== undefined) this.#loading ??= this.#load(this.#userId);
  }

  /** With the `id` of a request that waits here already, its answer. */
  request(
    method: Method,
    params: Record<string, unknown>,
    timeoutMs: number,
    id?: string,
  ): Promise<unknown> {
    const kind: RequestClass = requestClasses[method];
    // One stop is as good as two.
    if (kind === "stop" && this.#pendingStop !== undefined) return this.#pendingStop;
    const joined = id === undefined ? undefined : this.#join(id);
    if (joined !== undefined) return joined;
    if (method === "safety.resume" && this.stopPending) {
      return Promise.reject(new RequestError("conflict", "Your Stop is still on its way."));
    }
    const checked = plain(params);
    if (checked instanceof RequestError) return Promise.reject(checked);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const errand = this.#errand(method, checked, timeoutMs, (outcome) => {
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    }, id);
    if (kind === "stop") this.#pendingStop = promise;
    this.#route(kind, errand, id !== undefined);
    return promise;
  }

  /** Who asked again for a request of an earlier page hears its answer; then nobody else is told of a refusal. */
  #join(id: string): Promise<unknown> | undefined {
    const errand = [...this.#stops.all, ...this.#writes.all].find((one) => one.id === id);
    if (errand === undefined) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { settle } = errand;
    errand.joined = true;
    errand.settle = (outcome) => {
      settle(outcome);
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    };
    return promise;
  }

  /** The line stands and belongs to this person. */
  start(line: Line, userId: string): void {
    if (this.#userId === undefined) {
      this.#userId = userId;
      for (const errand of [...this.#stops.all, ...this.#writes.all]) this.#put(errand);
    }
    this.#stops.start(line);
    this.#reads.start(line);
    this.#loading ??= this.#load(userId);
    void this.#loading.then(() => this.#startWrites());
  }

  lineEnded(): void {
    for (const lane of [this.#stops, this.#writes, this.#reads]) lane.lineEnded();
  }

  /** No line will come by itself: who waits for an answer hears it; what the person did is kept. */
  giveUpReads(error: RequestError): void {
    this.#reads.abandon(error);
    this.#host.changed();
  }

  /** Resolves when the store holds all that it should. */
  async close(error: RequestError): Promise<void> {
    this.#closed = error;
    for (const lane of [this.#stops, this.#writes, this.#reads]) lane.abandon(error);
    await this.#storing;
  }

  get #full(): boolean {
    return this.waiting >= limits.clientOutbox;
  }

  /** `repeated`: it may lie in the store, where it has its place among others. */
  #route(kind: RequestClass, errand: Errand, repeated = false): void {
    const line = this.#host.line();
    switch (kind) {
      case "stop":
        return this.#stops.add(errand);
      case "once":
        if (line !== undefined) return this.#direct(line, kind, errand);
        return errand.settle({
          error: new RequestError("offline", "There is no line to the server right now."),
        });
      case "write":
        if (
          line !== undefined && this.#writes.size === 0 && this.#stops.size === 0 &&
          (this.#loaded || !repeated)
        ) {
          return this.#direct(line, kind, errand);
        }
        return this.#keep(this.#writes, errand);
      case "read":
        if (line !== undefined) return this.#direct(line, kind, errand);
        if (this.#host.hopeful()) return this.#keep(this.#reads, errand);
        return errand.settle({ error: new RequestError("offline", "There is no line to the server.") });
      default:
        kind satisfies never;
    }
  }

  #direct(line: Line, kind: "once" | "write" | "read", errand: Errand): void {
    if (line.inFlight >= limits.clientInFlight) {
      return errand.settle({
        error: new RequestError("queue_full", "Too many requests wait for their answers."),
      });
    }
    errand.sentAt = this.#options.clock.now();
    line.call(errand.method, errand.params, errand.timeoutMs).then(
      (result) => errand.settle({ result }),
      (error: RequestError) => {
        if (this.#closed !== undefined) return errand.settle({ error: this.#closed });
        if (error.kind !== "broken" || kind === "once") return errand.settle({ error });
        // Full is not the reason to give: this one went out, and nobody knows what became of it.
        if (this.#full) return errand.settle({ error });
        errand.tries++;
        this.#route(kind, errand);
      },
    );
  }

  #keep(lane: Lane, errand: Errand): void {
    if (!this.#full) return lane.add(errand);
    errand.settle({
      error: new RequestError("queue_full", "Too much is waiting for the line. Try again later."),
    });
  }

  #errand(
    method: Method,
    params: Record<string, unknown>,
    timeoutMs: number,
    settle: Errand["settle"],
    id = this.#ids.next(),
  ): Errand {
    const keyed = (method === "command.send" || method === "command.preview") && params.key === undefined;
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

  /** Nothing goes out past a stop that waits. */
  #startWrites(): void {
    const line = this.#host.line();
    if (line !== undefined && this.#loaded && this.#stops.size === 0) this.#writes.start(line);
  }

  #kept(errand: Errand): void {
    this.#put(errand);
    this.#host.changed();
  }

  #gone(errand: Errand): void {
    this.#store((store) => store.remove(errand.id));
    if (errand.method === "safety.stop") this.#startWrites();
    this.#host.changed();
  }

  #put({ id, method, params, createdAt, sentAt }: Errand): void {
    const userId = this.#userId;
    if (userId === undefined) return;
    this.#store((store) => store.put({ id, userId, method, params, createdAt, sentAt }));
  }

  #store(work: (store: OutboxStore) => Promise<void>): void {
    const { store, log } = this.#options;
    if (store === undefined) return;
    this.#storing = this.#storing.then(() => work(store)).catch((error: unknown) =>
      log.warn("client.outbox_store_failed", { error: asError(error) })
    );
  }

  /** What an earlier page of the same person left. A store that fails or hangs does not hold up the rest. */
  async #load(userId: string): Promise<void> {
    const { store, clock, log } = this.#options;
    if (store === undefined) return;
    const late = Promise.withResolvers<StoredRequest[]>();
    using _timer = clock.after(limits.clientConnectMs, () => late.resolve([]));
    try {
      const found = await Promise.race([store.load(), late.promise]);
      const own = new Set(this.pending.map(({ id }) => id));
      for (const stored of found) {
        if (stored.userId === userId && !own.has(stored.id)) this.#adopt(stored);
      }
    } catch (error) {
      log.warn("client.outbox_store_failed", { error: asError(error) });
    } finally {
      this.#loaded = true;
      this.#host.changed();
    }
  }

  #adopt({ id, method, params, createdAt, sentAt }: StoredRequest): void {
    const kind: RequestClass | undefined = requestClasses[method];
    if (kind !== "stop" && kind !== "write") return;
    const errand = this.#errand(method, params, limits.clientRequestMs, (outcome) => {
      if ("error" in outcome && outcome.error.kind !== "closed" && !errand.joined) {
        this.#host.unsent({ method, params, error: outcome.error });
      }
    }, id);
    errand.createdAt = createdAt;
    errand.sentAt = sentAt;
    (kind === "stop" ? this.#stops : this.#writes).add(errand);
  }
}

/** Bytes of a frame around its parameters, with room to spare: a key of the library's own is among them. */
const envelopeBytes = 256;

/** The parameters as they will go out: a copy, so that what the caller changes later does not go out under the same key. */
function plain(params: Record<string, unknown>): Record<string, unknown> | RequestError {
  let json: string;
  try {
    json = JSON.stringify(params);
  } catch {
    return new RequestError("invalid_params", "The parameters cannot be written as JSON.");
  }
  if (new TextEncoder().encode(json).length + envelopeBytes > limits.frameInBytes) {
    return new RequestError("too_large", "This is more than one message to the server may hold.");
  }
  return JSON.parse(json) as Record<string, unknown>;
}
