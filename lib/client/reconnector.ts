import { closeCodes } from "../protocol/close_codes.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import { subProtocol } from "../protocol/rpc.ts";
import { fullJitter } from "../platform/backoff.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import { Connection, type ConnectionEnd } from "./connection.ts";
import { clientCodes, type ConnectionState, isFinal } from "./connection_state.ts";
import { asError } from "./events.ts";
import type { SessionReady } from "./frames.ts";
import { RequestError } from "./requests.ts";
import { type SocketAddress, type SocketFactory, socketUrl } from "./socket.ts";
import type { TicketAnswer } from "./ticket.ts";

export interface ReconnectorOptions extends SocketAddress {
  socket: SocketFactory;
  clock: Clock;
  random: Random;
  log: Log;
  ticket?: (() => Promise<TicketAnswer>) | undefined;
  renew?: (() => Promise<boolean>) | undefined;
  token?: string | undefined;
}

export interface ReconnectorHost {
  stateChanged(state: ConnectionState): void;
  ready(connection: Connection, ready: SessionReady): void;
  notified(method: string, params: Record<string, unknown>): boolean;
  connectionEnded(): void;
}

/** What the reconnector is at work on. Each step owns what must be ended with it. */
type Step =
  | { kind: "none" }
  /** Listeners hear of the attempt; nothing was sent yet. */
  | { kind: "announced" }
  | { kind: "ticket"; deadline: Timer }
  | { kind: "opened"; connection: Connection }
  | { kind: "ready"; connection: Connection; ready: SessionReady }
  | { kind: "waiting"; retry: Timer }
  | { kind: "closed" };

/** Attempt with the longest wait: a client that was told to back off continues there. */
const longestWaitAttempt = Math.ceil(Math.log2(limits.reconnectMaxMs / limits.reconnectBaseMs));

/** Keeps one connection open: opens it, waits, opens it again, or stops, as the close code says (section 3). */
export class Reconnector {
  readonly #options: ReconnectorOptions;
  readonly #host: ReconnectorHost;
  #state: ConnectionState = { kind: "idle" };
  #step: Step = { kind: "none" };
  #attempt = 0;
  #waiting: PromiseWithResolvers<SessionReady>[] = [];

  constructor(options: ReconnectorOptions, host: ReconnectorHost) {
    this.#options = options;
    this.#host = host;
    // A wrong address throws at once instead of never connecting.
    socketUrl(options, {});
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The connection, if it takes requests now. */
  get usable(): Connection | undefined {
    const connection = this.#connection;
    return connection?.usable ? connection : undefined;
  }

  /** Starts, or starts again after `login` and `stopped`. Does nothing while it is at work. */
  connect(): void {
    if (this.#step.kind === "closed") return;
    if (this.#state.kind !== "idle" && !isFinal(this.#state)) return;
    this.#attempt = 0;
    this.#open();
  }

  /** Tries now instead of at `retryAt`. */
  wake(): void {
    if (this.#state.kind === "offline") this.#open();
  }

  /** Resolves at the next `session.ready`, or now when online. Rejects when the client does not try again by itself. */
  whenOnline(): Promise<SessionReady> {
    if (this.#step.kind === "ready") return Promise.resolve(this.#step.ready);
    if (this.#step.kind === "closed") {
      return Promise.reject(new RequestError("closed", "The client is closed."));
    }
    const waiting = Promise.withResolvers<SessionReady>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Ends the connection; the state stays `stopped` until `connect()`. */
  stop(code: number, reason: string): void {
    this.#halt({ kind: "none" }, code, reason);
  }

  /** Ends for good. Resolves when the socket is closed, or when that takes too long. */
  async close(): Promise<void> {
    if (this.#step.kind === "closed") return;
    const connection = this.#connection;
    this.#halt({ kind: "closed" }, clientCodes.closed, "closed");
    if (connection === undefined) return;
    const late = Promise.withResolvers<void>();
    // Not `using`: browsers without it would need half a kilobyte of script in every page.
    const timer = this.#options.clock.after(limits.clientCloseMs, late.resolve);
    try {
      await Promise.race([connection.socketClosed, late.promise]);
    } finally {
      timer[Symbol.dispose]();
    }
  }

  /** Gives the connection up and opens another. */
  drop(reason: string): void {
    this.#connection?.drop(clientCodes.dropped, reason, "reconnect");
  }

  get #connection(): Connection | undefined {
    return "connection" in this.#step ? this.#step.connection : undefined;
  }

  #open(): void {
    const announced = this.#enter({ kind: "announced" });
    this.#set({ kind: "connecting", attempt: this.#attempt });
    // A listener may have closed the client.
    if (this.#step !== announced) return;
    const { ticket, renew, token, clock } = this.#options;
    if (ticket === undefined) return this.#dial(token === undefined ? {} : { token });
    const asked = this.#enter({
      kind: "ticket",
      deadline: clock.after(limits.clientConnectMs, () => this.#retry("no ticket in time")),
    });
    ask(ticket, renew).then(
      (value) => {
        // A late ticket belongs to an earlier attempt.
        if (this.#step !== asked) return;
        if (typeof value === "string") return this.#dial({ ticket: value });
        this.#enter({ kind: "none" });
        if (value !== null) {
          return this.#set({ kind: "stopped", code: closeCodes.suspended.code, reason: value.refused });
        }
        this.#set({ kind: "login", reason: "the session is over" });
      },
      (error: unknown) => {
        if (this.#step !== asked) return;
        this.#options.log.info("client.no_ticket", { error: asError(error) });
        this.#retry("no ticket");
      },
    );
  }

  #dial(login: { ticket?: string; token?: string }): void {
    const { socket, clock, log } = this.#options;
    try {
      const opened = socket(socketUrl(this.#options, login), [subProtocol]);
      const connection: Connection = new Connection(opened, clock, log, {
        ready: (ready) => this.#becameReady(connection, ready),
        stable: () => void (this.#attempt = 0),
        notified: (method, params) => this.#host.notified(method, params),
        ended: (end) => this.#ended(connection, end),
      });
      this.#enter({ kind: "opened", connection });
    } catch (error) {
      // The message of a bad URL may contain the URL, and so the ticket: only the name is logged.
      log.warn("client.no_socket", { error: asError(error).name });
      this.#retry("no socket");
    }
  }

  #becameReady(connection: Connection, ready: SessionReady): void {
    if (connection !== this.#connection) return;
    this.#enter({ kind: "ready", connection, ready });
    const { transport } = connection;
    this.#set({
      kind: "online",
      since: this.#options.clock.now(),
      ...(transport === undefined ? {} : { transport }),
    });
    if (connection === this.#connection) this.#host.ready(connection, ready);
    if (connection !== this.#connection) return;
    for (const one of this.#waiting.splice(0)) one.resolve(ready);
  }

  #ended(connection: Connection, end: ConnectionEnd): void {
    if (connection !== this.#connection) return;
    this.#enter({ kind: "none" });
    this.#host.connectionEnded();
    const { code, reason, then } = end;
    this.#options.log.info("client.connection_ended", { code, reason, then });
    switch (then) {
      case "stop":
        return this.#set({ kind: "stopped", code, reason });
      case "login":
        // The next ticket says whether the session can be renewed.
        if (this.#options.ticket !== undefined && this.#options.renew !== undefined) {
          return this.#retry(reason);
        }
        return this.#set({ kind: "login", reason });
      case "back_off":
        this.#attempt = Math.max(this.#attempt, longestWaitAttempt);
        return this.#retry(reason);
      case "reconnect":
        return this.#retry(reason);
      default:
        then satisfies never;
    }
  }

  #retry(reason: string): void {
    const { random, clock } = this.#options;
    const waitMs = fullJitter(random, this.#attempt, limits.reconnectBaseMs, limits.reconnectMaxMs);
    this.#attempt++;
    this.#enter({ kind: "waiting", retry: clock.after(waitMs, () => this.#open()) });
    this.#set({ kind: "offline", reason, retryAt: clock.now() + waitMs });
  }

  #halt(step: Step, code: number, reason: string): void {
    const connection = this.#connection;
    this.#enter(step);
    connection?.finish();
    if (connection !== undefined) this.#host.connectionEnded();
    this.#set({ kind: "stopped", code, reason });
  }

  /** Replaces the step, and cancels the timer of the one before. */
  #enter<S extends Step>(step: S): S {
    const before = this.#step;
    this.#step = step;
    if (before.kind === "ticket") before.deadline.cancel();
    if (before.kind === "waiting") before.retry.cancel();
    return step;
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    if (isFinal(state)) {
      for (const one of this.#waiting.splice(0)) {
        one.reject(new RequestError("offline", `There is no connection: ${state.reason}.`));
      }
    }
    this.#host.stateChanged(state);
  }
}

/** Asks for a ticket, and again after a renewal (AU-13). Turns a throw into a rejection. */
async function ask(
  ticket: () => Promise<TicketAnswer>,
  renew: (() => Promise<boolean>) | undefined,
): Promise<TicketAnswer> {
  const answer = await ticket();
  if (answer !== null || renew === undefined || !await renew()) return answer;
  return await ticket();
}
