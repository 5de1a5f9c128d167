import type { CommandChanged, Delivery } from "../protocol/commands.ts";
import { limits } from "../protocol/limits.ts";
import type { Method, Result } from "../protocol/methods.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { type Random, systemRandom } from "../platform/random.ts";
import { Connection } from "./connection.ts";
import {
  type ClientEvents,
  type ClientHandler,
  type LineState,
  Listeners,
  type OtherNotification,
  type StopState,
} from "./events.ts";
import { readChanged, readDeliveries, readStopped, type SessionReady } from "./frames.ts";
import { Inbox } from "./inbox.ts";
import type { Line } from "./line.ts";
import type { OutboxStore } from "./outbox_store.ts";
import { Outgoing, type PendingRequest } from "./outgoing.ts";
import { RequestError, type RequestParams } from "./requests.ts";
import { MemorySeenStore, type SeenStore } from "./seen_store.ts";
import { type SocketFactory, webSocket } from "./socket.ts";

export interface ClientOptions {
  /** Of the socket: `wss://host/api/ws`; `https:` is taken too, and in a page `/api/ws`. */
  url: string;
  socket?: SocketFactory;
  clock?: Clock;
  random?: Random;
  log?: Log;
  /**
   * A new single-use ticket for every try (AU-5); null when the session is over. Without a ticket a browser cannot
   * tell a refused login from a lost network, so pages should give one: see `ticketFrom`.
   */
  ticket?: () => Promise<string | null>;
  /** A session token, for native clients; ignored when `ticket` is given. */
  token?: string;
  /** WS-1, WS-10. */
  device?: string;
  window?: number;
  accept?: readonly string[];
  /** Where the ids of seen commands are kept; in memory when not given. */
  store?: SeenStore;
  /** Where requests are kept while there is no line; in memory when not given. */
  outbox?: OutboxStore;
  /**
   * Whose client this is, where that is known: what the person does before the first line stands is kept over a restart too,
   * what an earlier run left is known at once, and a line of somebody else is refused.
   */
  userId?: string;
}

/**
 * One device of one person: keeps the line up, hands each command over once and in order, acknowledges, and sends what
 * the person asks for, now or when the line is back. Nothing happens before `connect()`.
 */
export class BehestClient implements AsyncDisposable {
  readonly #listeners: Listeners;
  readonly #connection: Connection;
  readonly #inbox: Inbox;
  readonly #outgoing: Outgoing;
  readonly #log: Log;
  #userId: string | undefined;
  #stopped = false;
  #saidStop: StopState = { stopped: false, pending: false };
  #saidWaiting = 0;
  #closed = false;
  #started = false;

  constructor(options: ClientOptions) {
    const { clock = systemClock, random = systemRandom, log = silentLog, socket = webSocket } = options;
    this.#log = log;
    this.#userId = options.userId;
    this.#listeners = new Listeners(log);
    this.#connection = new Connection({ ...options, clock, random, log, socket }, {
      stateChanged: (state) => this.#lineChanged(state),
      ready: (line, ready) => this.#ready(line, ready),
      notified: (method, params) => this.#notified(method, params),
      lineEnded: () => {
        this.#inbox.lineEnded();
        this.#outgoing.lineEnded();
      },
    });
    this.#inbox = new Inbox(options.store ?? new MemorySeenStore(), clock, log, {
      open: () => this.#listeners.takesDeliveries && !this.#stopped && this.#outgoing.clear,
      deliver: (delivery: Delivery) => this.#listeners.deliver(delivery),
      changed: (changed: CommandChanged) => this.#listeners.emit("changed", changed),
      failed: (delivery, error) => this.#listeners.emit("failed", { delivery, error }),
      ack: (cursor) => this.#ack(cursor),
      drop: (reason) => this.#connection.drop(reason),
    });
    this.#outgoing = new Outgoing({ clock, random, log, store: options.outbox, userId: options.userId }, {
      line: () => this.#connection.usable,
      hopeful: () => !this.#started || !isFinal(this.#connection.state),
      changed: () => this.#outgoingChanged(),
      stopAnswered: (stopped) => this.#setStopped(stopped),
      unsent: (request) => this.#listeners.emit("unsent", request),
    });
  }

  /** Where the line stands now. */
  get line(): LineState {
    return this.#connection.state;
  }

  /** Whether the person's safety stop is on, and whether one is on its way (CO-6). */
  get stop(): StopState {
    return { stopped: this.#stopped, pending: this.#outgoing.stopPending };
  }

  /** Requests that wait for the line. */
  get waiting(): number {
    return this.#outgoing.waiting;
  }

  /** What the person did that waits for the line, oldest first; each event `outbox` tells of a change. */
  get pending(): readonly PendingRequest[] {
    return this.#outgoing.pending;
  }

  /** Begins; also again after `login` and `stopped`. */
  connect(): void {
    if (this.#closed) return;
    this.#started = true;
    this.#outgoing.prepare();
    this.#connection.connect();
  }

  /** Tries at once when a retry is waiting: for a page that hears `online` or becomes visible. */
  wake(): void {
    this.#connection.wake();
  }

  /** Resolves at `session.ready`; rejects with a `RequestError` when the line needs the person or is closed. */
  whenOnline(): Promise<SessionReady> {
    return this.#connection.whenOnline();
  }

  /** Subscribes; the answer ends it. Deliveries wait until there is a handler for them. */
  on<E extends keyof ClientEvents>(event: E, handler: ClientHandler<E>): () => void {
    const off = this.#listeners.add(event, handler);
    if (event === "deliver") this.#inbox.wake();
    return off;
  }

  /**
   * Asks the server. Rejects with a `RequestError`. Without a line, what is safe to repeat waits for the next one, and
   * goes out in order; `safety.stop` goes first and makes the client try at once. `timeoutMs` counts from sending. `id` (sorting by time)
   * names the request in the `OutboxStore`: asked for twice under one id, it is sent once.
   */
  request<M extends Method>(
    method: M,
    params: RequestParams<M>,
    options: { timeoutMs?: number; id?: string } = {},
  ): Promise<Result<M>> {
    if (this.#closed) return Promise.reject(new RequestError("closed", "The client is closed."));
    const answer = this.#outgoing.request(
      method,
      params as Record<string, unknown>,
      options.timeoutMs ?? limits.clientRequestMs,
      options.id,
    );
    if (method === "safety.stop") this.#hurry();
    return answer as Promise<Result<M>>;
  }

  /** Ends everything; waiting requests reject with `closed`. What an `OutboxStore` holds stays there. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const kept = this.#outgoing.close(new RequestError("closed", "The client was closed."));
    await Promise.all([kept, this.#connection.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A stop does not wait for a timer, nor for a line that another device took over. */
  #hurry(): void {
    if (this.#connection.state.kind === "stopped") this.connect();
    else this.wake();
  }

  #ready(line: Line, ready: SessionReady): void {
    if (this.#userId !== undefined && this.#userId !== ready.user.id) {
      // What waits here and what was seen here belongs to somebody else.
      this.#log.error("client.other_user");
      return this.#connection.stop("another person logged in");
    }
    this.#userId = ready.user.id;
    this.#stopped = ready.stopped;
    this.#outgoing.start(line, ready.user.id);
    this.#sayStop();
    this.#listeners.emit("ready", ready);
  }

  #notified(method: string, params: Record<string, unknown>): boolean {
    switch (method) {
      case "command.deliver": {
        const deliveries = readDeliveries(params);
        return deliveries !== undefined && this.#inbox.take(deliveries);
      }
      case "command.changed": {
        const changed = readChanged(params);
        if (changed !== undefined) this.#inbox.change(changed);
        return changed !== undefined;
      }
      case "safety.changed": {
        const stopped = readStopped(params);
        if (stopped === undefined) return false;
        this.#setStopped(stopped);
        break;
      }
    }
    // Names that this version does not know come from a newer server: who listens decides.
    this.#listeners.emit("notification", { method, params } as OtherNotification);
    return true;
  }

  #ack(cursor: string): Promise<unknown> {
    const line = this.#connection.usable;
    // A line that closes takes no more; the server delivers again and the repeat is dropped.
    if (line === undefined) return Promise.resolve();
    return line.call("inbox.ack", { cursor }, limits.clientRequestMs);
  }

  #lineChanged(state: LineState): void {
    if (isFinal(state)) {
      this.#outgoing.giveUpReads(new RequestError("offline", `There is no line: ${state.reason}.`));
    }
    this.#listeners.emit("line", state);
  }

  #outgoingChanged(): void {
    const waiting = this.#outgoing.waiting;
    if (waiting !== this.#saidWaiting) {
      this.#saidWaiting = waiting;
      this.#listeners.emit("outbox", { waiting });
    }
    this.#sayStop();
    this.#inbox.wake();
  }

  #setStopped(stopped: boolean): void {
    this.#stopped = stopped;
    this.#sayStop();
    this.#inbox.wake();
  }

  #sayStop(): void {
    const said = this.#saidStop;
    const now = { stopped: this.#stopped, pending: this.#outgoing.stopPending };
    if (said.stopped === now.stopped && said.pending === now.pending) return;
    this.#saidStop = now;
    this.#listeners.emit("stopped", now);
  }
}

function isFinal(state: LineState): state is Extract<LineState, { kind: "login" | "stopped" }> {
  return state.kind === "login" || state.kind === "stopped";
}
