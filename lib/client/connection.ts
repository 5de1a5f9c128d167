import { limits } from "../protocol/limits.ts";
import { fullJitter } from "../platform/backoff.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Random } from "../platform/random.ts";
import { asError, type LineState } from "./events.ts";
import type { SessionReady } from "./frames.ts";
import { Line, type LineEnd } from "./line.ts";
import { RequestError } from "./requests.ts";
import { type SocketAddress, type SocketFactory, socketUrl, subProtocol } from "./socket.ts";

export interface ConnectionOptions extends SocketAddress {
  socket: SocketFactory;
  clock: Clock;
  random: Random;
  log: Log;
  ticket?: (() => Promise<string | null>) | undefined;
  token?: string | undefined;
}

export interface ConnectionHost {
  stateChanged(state: LineState): void;
  ready(line: Line, ready: SessionReady): void;
  notified(method: string, params: Record<string, unknown>): boolean;
  lineEnded(): void;
}

/** The step at which the wait is the longest one: where a client begins that was told to back off. */
const longestWaitAttempt = Math.ceil(Math.log2(limits.reconnectMaxMs / limits.reconnectBaseMs));

/** Keeps one line up: opens, waits, opens again, or stops, as the close code says (section 3). */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #host: ConnectionHost;
  #state: LineState = { kind: "stopped", reason: "not started" };
  #line: Line | undefined;
  #attempt = 0;
  /** Counts opened tries: a ticket that comes late belongs to a try that is over. */
  #try = 0;
  #timer: Timer | undefined;
  #closed = false;
  #waiting: PromiseWithResolvers<SessionReady>[] = [];
  #ready: SessionReady | undefined;

  constructor(options: ConnectionOptions, host: ConnectionHost) {
    this.#options = options;
    this.#host = host;
    // A wrong address is the caller's mistake and shows at once, not as a line that never comes.
    socketUrl(options, {});
  }

  get state(): LineState {
    return this.#state;
  }

  /** The line when requests may go out on it. */
  get usable(): Line | undefined {
    return this.#line?.usable ? this.#line : undefined;
  }

  /** Begins, or begins again after `login` and `stopped`. Does nothing while it is at work. */
  connect(): void {
    if (this.#closed) return;
    if (this.#state.kind !== "login" && this.#state.kind !== "stopped") return;
    this.#attempt = 0;
    this.#open();
  }

  /** Tries at once instead of at `retryAt`. */
  wake(): void {
    if (this.#state.kind === "offline") this.#open();
  }

  /** Resolves at the next `session.ready`, at once when online; rejects when nothing will come by itself. */
  whenOnline(): Promise<SessionReady> {
    if (this.#state.kind === "online" && this.#ready !== undefined) return Promise.resolve(this.#ready);
    if (this.#closed) return Promise.reject(new RequestError("closed", "The client is closed."));
    const waiting = Promise.withResolvers<SessionReady>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Ends the line; the state stays `stopped` with this reason until `connect()`. */
  stop(reason: string): void {
    const line = this.#line;
    this.#cancel();
    line?.finish();
    if (line !== undefined) this.#host.lineEnded();
    this.#set({ kind: "stopped", reason });
  }

  /** Ends for good. Resolves when the socket is closed, or when that takes too long. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const line = this.#line;
    this.stop("closed");
    if (line === undefined) return;
    const late = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(limits.clientCloseMs, late.resolve);
    await Promise.race([line.socketClosed, late.promise]);
  }

  drop(reason: string): void {
    this.#line?.drop(clientCode, reason, "reconnect");
  }

  #open(): void {
    this.#cancel();
    const attempt = ++this.#try;
    this.#set({ kind: "connecting", attempt: this.#attempt });
    // Who heard of the state may have closed the client.
    if (attempt !== this.#try) return;
    const { ticket, token } = this.#options;
    if (ticket === undefined) return this.#dial(token === undefined ? {} : { token });
    this.#timer = this.#options.clock.after(limits.clientConnectMs, () => this.#retry("no ticket in time"));
    ask(ticket).then(
      (value) => {
        if (attempt !== this.#try) return;
        if (value !== null) return this.#dial({ ticket: value });
        this.#cancel();
        this.#set({ kind: "login", reason: "the session is over" });
      },
      (error: unknown) => {
        if (attempt !== this.#try) return;
        this.#options.log.info("client.no_ticket", { error: asError(error) });
        this.#retry("no ticket");
      },
    );
  }

  #dial(login: { ticket?: string; token?: string }): void {
    this.#timer?.cancel();
    const { socket, clock, log } = this.#options;
    try {
      const line: Line = new Line(socket(socketUrl(this.#options, login), [subProtocol]), clock, log, {
        ready: (ready) => this.#stands(line, ready),
        stable: () => void (this.#attempt = 0),
        notified: (method, params) => this.#host.notified(method, params),
        ended: (end) => this.#ended(line, end),
      });
      this.#line = line;
    } catch (error) {
      // The message of a bad URL may hold the URL, and that the ticket: only the name is logged.
      log.warn("client.no_socket", { error: asError(error).name });
      this.#retry("no socket");
    }
  }

  #stands(line: Line, ready: SessionReady): void {
    if (line !== this.#line) return;
    this.#ready = ready;
    this.#set({ kind: "online", since: this.#options.clock.now() });
    if (line === this.#line) this.#host.ready(line, ready);
    if (line !== this.#line) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.resolve(ready);
  }

  #ended(line: Line, end: LineEnd): void {
    if (line !== this.#line) return;
    this.#line = undefined;
    this.#host.lineEnded();
    this.#options.log.info("client.line_ended", { code: end.code, reason: end.reason, then: end.then });
    switch (end.then) {
      case "stop":
        return this.#set({ kind: "stopped", reason: end.reason });
      case "login":
        return this.#set({ kind: "login", reason: end.reason });
      case "back_off":
        this.#attempt = Math.max(this.#attempt, longestWaitAttempt);
        return this.#retry(end.reason);
      case "reconnect":
        return this.#retry(end.reason);
      default:
        end.then satisfies never;
    }
  }

  #retry(reason: string): void {
    this.#cancel();
    const { random, clock } = this.#options;
    const waitMs = fullJitter(random, this.#attempt, limits.reconnectBaseMs, limits.reconnectMaxMs);
    this.#attempt++;
    this.#timer = clock.after(waitMs, () => this.#open());
    this.#set({ kind: "offline", reason, retryAt: clock.now() + waitMs });
  }

  /** Leaves nothing of the try before: neither its timer, nor its ticket, nor its line. */
  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#try++;
    this.#line = undefined;
  }

  #set(state: LineState): void {
    this.#state = state;
    if (state.kind === "login" || state.kind === "stopped") {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) {
        one.reject(new RequestError("offline", `There is no line: ${state.reason}.`));
      }
    }
    this.#host.stateChanged(state);
  }
}

/** The library's own close code for a line that it gives up. */
const clientCode = 4000;

/** A source that throws instead of rejecting is as good. */
async function ask(ticket: () => Promise<string | null>): Promise<string | null> {
  return await ticket();
}
