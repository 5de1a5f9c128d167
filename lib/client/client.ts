import type { CommandChanged, Delivery } from "../protocol/commands.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import type { Method, Result } from "../protocol/methods.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { type Random, systemRandom } from "../platform/random.ts";
import type { Connection } from "./connection.ts";
import { clientCodes, type ConnectionState, isFinal } from "./connection_state.ts";
import { type ClientEvents, type ClientHandler, Listeners, type OtherNotification } from "./events.ts";
import { readChanged, readDeliveries, readMessage, readStopped, type SessionReady } from "./frames.ts";
import { Inbox } from "./inbox.ts";
import type { OutboxStore } from "./outbox_store.ts";
import { Outgoing, type PendingRequest } from "./outgoing.ts";
import { Reconnector } from "./reconnector.ts";
import { RequestError, type RequestParams } from "./requests.ts";
import { MemorySeenStore, type SeenStore } from "./seen_store.ts";
import { type SocketFactory, webSocket } from "./socket.ts";
import { StopReport, type StopState } from "./stop_report.ts";
import type { TicketAnswer } from "./ticket.ts";

export interface ClientOptions {
  /** Address of the socket: `wss://host/api/ws`, also with `https:`; in a page also `/api/ws`. */
  url: string;
  socket?: SocketFactory;
  clock?: Clock;
  random?: Random;
  log?: Log;
  /**
   * Gives a new single-use ticket for each attempt (AU-5); null when the session is over, or why the account has no
   * connection. Pages should give one (see
   * `ticketFrom`): without it a browser cannot tell a refused login from a lost network.
   */
  ticket?: () => Promise<TicketAnswer>;
  /**
   * AU-13: renews the session when it is over, and resolves to whether it goes on. Asked before the client takes a login for
   * necessary; only with `ticket`.
   */
  renew?: () => Promise<boolean>;
  /** A session token, for native clients; ignored when `ticket` is given. */
  token?: string;
  /** WS-1, WS-10. */
  device?: string;
  window?: number;
  accept?: readonly string[];
  /** Keeps the ids of seen commands; the default is memory. */
  store?: SeenStore;
  /** Keeps requests while there is no connection; the default is memory. */
  outbox?: OutboxStore;
  /**
   * Id of the person, if known before the first connection. Then requests made before it survive a restart too, those of an
   * earlier run are read now, and a connection of another person is refused.
   */
  userId?: string;
}

/**
 * One device of one person. Keeps the connection open, hands over each command once and in order, acknowledges it, and sends
 * the person's requests, now or after the next reconnect. Does nothing before `connect()`.
 */
export class BehestClient implements AsyncDisposable {
  readonly #listeners: Listeners;
  readonly #reconnector: Reconnector;
  readonly #inbox: Inbox;
  readonly #outgoing: Outgoing;
  readonly #log: Log;
  readonly #stopReport = new StopReport(() => this.stop, (stop) => this.#listeners.emit("stopped", stop));
  #userId: string | undefined;
  #stopped = false;
  #toldWaiting = 0;
  #closed = false;

  constructor(options: ClientOptions) {
    const { clock = systemClock, random = systemRandom, log = silentLog, socket = webSocket } = options;
    this.#log = log;
    this.#userId = options.userId;
    this.#listeners = new Listeners(log);
    this.#reconnector = new Reconnector({ ...options, clock, random, log, socket }, {
      stateChanged: (state) => this.#connectionChanged(state),
      ready: (connection, ready) => this.#ready(connection, ready),
      notified: (method, params) => this.#notified(method, params),
      connectionEnded: () => {
        this.#inbox.connectionEnded();
        this.#outgoing.connectionEnded();
      },
    });
    this.#inbox = new Inbox(options.store ?? new MemorySeenStore(), clock, log, {
      open: () => this.#listeners.takesDeliveries && !this.#stopped && this.#outgoing.clear,
      deliver: (delivery: Delivery) => this.#listeners.deliver(delivery),
      message: (delivery) => this.#listeners.message(delivery),
      changed: (changed: CommandChanged) => this.#listeners.emit("changed", changed),
      failed: (delivery, error) => this.#listeners.emit("failed", { delivery, error }),
      ack: (cursor) => this.#ack(cursor),
      drop: (reason) => this.#reconnector.drop(reason),
    });
    this.#outgoing = new Outgoing({ clock, random, log, store: options.outbox, userId: options.userId }, {
      connection: () => this.#reconnector.usable,
      reconnects: () => !isFinal(this.#reconnector.state),
      changed: () => this.#outgoingChanged(),
      stopAnswered: (stopped) => this.#setStopped(stopped),
      unsent: (request) => this.#listeners.emit("unsent", request),
    });
  }

  get connection(): ConnectionState {
    return this.#reconnector.state;
  }

  get stop(): StopState {
    return { stopped: this.#stopped, pending: this.#outgoing.stopPending };
  }

  /** Number of requests that wait for a connection. */
  get waiting(): number {
    return this.#outgoing.waiting;
  }

  /** The person's stops and writes that the server has not answered, oldest first. The event `outbox` tells of changes. */
  get pending(): readonly PendingRequest[] {
    return this.#outgoing.pending;
  }

  /** Starts, or starts again after `login` and `stopped`. */
  connect(): void {
    if (this.#closed) return;
    this.#outgoing.prepare();
    this.#reconnector.connect();
  }

  /** Tries now if a retry is waiting: for a page that hears `online` or becomes visible. */
  wake(): void {
    this.#reconnector.wake();
  }

  /** Resolves at `session.ready`. Rejects with a `RequestError` when the person has to log in or the client has ended. */
  whenOnline(): Promise<SessionReady> {
    return this.#reconnector.whenOnline();
  }

  /** Subscribes, and returns the function that unsubscribes. Deliveries wait until they have a handler. */
  on<E extends keyof ClientEvents>(event: E, handler: ClientHandler<E>): () => void {
    const off = this.#listeners.add(event, handler);
    if (event === "deliver") this.#inbox.wake();
    return off;
  }

  /**
   * Sends a request. Rejects with a `RequestError`. Without a connection, requests that are safe to repeat wait for the next one and
   * are sent in order; `safety.stop` is sent first and makes the client try now. `timeoutMs` counts from sending. `id` (sorts by
   * time) names the request in the `OutboxStore`: two requests with one id are sent once.
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

  /** Ends the client; waiting requests reject with `closed`. The `OutboxStore` keeps its requests. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const kept = this.#outgoing.close(new RequestError("closed", "The client was closed."));
    await Promise.all([kept, this.#reconnector.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A stop waits neither for a retry nor for the person to reconnect. */
  #hurry(): void {
    const { kind } = this.#reconnector.state;
    if (kind === "idle" || kind === "stopped") this.connect();
    else this.wake();
  }

  #ready(connection: Connection, ready: SessionReady): void {
    if (this.#userId !== undefined && this.#userId !== ready.user.id) {
      // The waiting requests and the seen commands here belong to the other person.
      this.#log.error("client.other_user");
      return this.#reconnector.stop(clientCodes.otherPerson, "another person logged in");
    }
    this.#userId = ready.user.id;
    this.#stopped = ready.stopped;
    this.#outgoing.start(connection, ready.user.id);
    this.#stopReport.update();
    this.#listeners.emit("ready", ready);
  }

  #notified(method: string, params: Record<string, unknown>): boolean {
    switch (method) {
      case "command.deliver": {
        const deliveries = readDeliveries(params);
        return deliveries !== undefined && this.#inbox.take(deliveries);
      }
      case "chat.message": {
        const delivery = readMessage(params);
        return delivery !== undefined && this.#inbox.takeMessage(delivery);
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
    // A newer server may send methods that this version does not know: the listener decides.
    this.#listeners.emit("notification", { method, params } as OtherNotification);
    return true;
  }

  #ack(cursor: string): Promise<unknown> {
    const connection = this.#reconnector.usable;
    // A closing connection takes no acknowledgement; the server delivers again and the repeat is dropped.
    if (connection === undefined) return Promise.resolve();
    return connection.call("inbox.ack", { cursor }, limits.clientRequestMs);
  }

  #connectionChanged(state: ConnectionState): void {
    if (isFinal(state)) {
      this.#outgoing.giveUpReads(new RequestError("offline", `There is no connection: ${state.reason}.`));
    }
    this.#listeners.emit("connection", state);
  }

  #outgoingChanged(): void {
    const waiting = this.#outgoing.waiting;
    if (waiting !== this.#toldWaiting) {
      this.#toldWaiting = waiting;
      this.#listeners.emit("outbox", { waiting });
    }
    this.#stopReport.update();
    this.#inbox.wake();
  }

  #setStopped(stopped: boolean): void {
    this.#stopped = stopped;
    this.#stopReport.update();
    this.#inbox.wake();
  }
}
