import { type AfterClose, afterClose, closeCodes } from "../protocol/close_codes.ts";
import { jsonRpcCodes } from "../protocol/errors.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import { readFrame, type RpcFailure, type RpcNotification, type RpcSuccess } from "../protocol/rpc.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { clientCodes } from "./connection_state.ts";
import { asError } from "./events.ts";
import { type Closing, readClosing, readReady, type SessionReady } from "./frames.ts";
import { RequestError } from "./requests.ts";
import type { WebSocketLike } from "./socket.ts";

/** Why a connection ended, and the client's next step. `code` is 1006 when the network broke it. */
export interface ConnectionEnd {
  code: number;
  reason: string;
  then: AfterClose;
}

export interface ConnectionHost {
  ready(ready: SessionReady): void;
  /** The connection stayed open for one more heartbeat interval. */
  stable(): void;
  /** False when the frame breaks the protocol. */
  notified(method: string, params: Record<string, unknown>): boolean;
  /** Called once, last, and never by the constructor. */
  ended(end: ConnectionEnd): void;
}

interface Call {
  resolve: (result: unknown) => void;
  reject: (error: RequestError) => void;
  timer: Timer;
}

/** One socket from opening to end: first frame, heartbeats both ways, calls and answers. Never reopened. */
export class Connection {
  readonly #socket: WebSocketLike;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #host: ConnectionHost;
  readonly #calls = new Map<number, Call>();
  readonly #socketClosed = Promise.withResolvers<void>();
  #nextId = 1;
  #ready = false;
  #ended = false;
  #closing: Closing | undefined;
  #heardAt: number;
  #watch: Timer;
  #beat: Timer | undefined;

  constructor(socket: WebSocketLike, clock: Clock, log: Log, host: ConnectionHost) {
    this.#socket = socket;
    this.#clock = clock;
    this.#log = log;
    this.#host = host;
    this.#heardAt = clock.now();
    this.#watch = clock.after(
      limits.clientConnectMs,
      () => this.drop(clientCodes.dropped, "no session.ready in time", "reconnect"),
    );
    socket.addEventListener("message", (event) => this.#guarded(() => this.#take(event.data)));
    socket.addEventListener("close", (event) => this.#guarded(() => this.#closed(event.code, event.reason)));
    // A close event follows every error.
    socket.addEventListener("error", () => {});
  }

  /** Whether requests can be sent: after `session.ready` and before `session.closing`. */
  get usable(): boolean {
    return this.#ready && !this.#ended && this.#closing === undefined;
  }

  get transport(): "stream" | undefined {
    return this.#socket.transport;
  }

  /** Number of calls without an answer. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** Resolves when the socket itself is closed, possibly long after the connection ended. */
  get socketClosed(): Promise<void> {
    return this.#socketClosed.promise;
  }

  /** Rejects with a `RequestError`, of the kind `broken` when no answer can come any more. */
  call(method: string, params: Record<string, unknown>, timeoutMs: number): Promise<unknown> {
    if (!this.usable) return Promise.reject(broken());
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = this.#clock.after(timeoutMs, () => {
      this.#calls.delete(id);
      reject(new RequestError("timed_out", "The server did not answer in time."));
    });
    this.#calls.set(id, { resolve, reject, timer });
    this.#send({ jsonrpc: "2.0", id, method, params });
    return promise;
  }

  /** Ends the connection now, without waiting for the peer: a dead one never answers a close. */
  drop(code: number, reason: string, then: AfterClose): void {
    if (this.#ended) return;
    this.#log.warn("client.connection_dropped", { code, reason });
    this.#close(code, reason);
    this.#end({ code, reason, then });
  }

  /** Ends the connection because the client no longer needs it. */
  finish(): void {
    if (this.#ended) return;
    this.#close(clientCodes.closed, "");
    this.#end({ code: clientCodes.closed, reason: "closed", then: "stop" });
  }

  #take(data: unknown): void {
    if (this.#ended) return;
    this.#heardAt = this.#clock.now();
    if (typeof data !== "string") return this.#malformed("a binary frame");
    const frame = readFrame(data);
    switch (frame.kind) {
      case "notification":
        return this.#notified(frame.notification);
      case "response":
        return this.#answered(frame.response);
      case "request":
        return this.#send({
          jsonrpc: "2.0",
          id: frame.request.id,
          error: { code: jsonRpcCodes.methodNotFound, message: "This client answers no requests." },
        });
      case "broken":
        return this.#malformed(frame.message);
      default:
        frame satisfies never;
    }
  }

  #notified({ method, params }: RpcNotification): void {
    if (method === "session.closing") return this.#announced(readClosing(params));
    if (!this.#ready) return this.#first(method, params);
    if (method === "session.ready" || !this.#host.notified(method, params)) this.#malformed(method);
  }

  #first(method: string, params: Record<string, unknown>): void {
    const ready = method === "session.ready" ? readReady(params) : undefined;
    if (ready === undefined) return this.#malformed(`${method} where session.ready was expected`);
    const { intervalMs, misses } = ready.heartbeat;
    this.#ready = true;
    this.#watch.cancel();
    this.#watchFor(intervalMs * misses, intervalMs * misses);
    this.#beat = this.#clock.after(intervalMs, () => this.#sendBeat(intervalMs));
    this.#host.ready(ready);
  }

  /** The server is about to close. If its close does not come, the connection ends here (WS-8). */
  #announced(closing: Closing | undefined): void {
    if (closing === undefined) return this.#malformed("session.closing");
    if (this.#closing !== undefined) return;
    this.#closing = closing;
    this.#watch.cancel();
    this.#watch = this.#clock.after(limits.shutdownMs, () => {
      this.drop(clientCodes.dropped, "the server announced its close", this.#next(closing.code));
    });
  }

  #answered(response: RpcSuccess | RpcFailure): void {
    if ("error" in response && response.id === null) {
      // The server could not read a frame of ours. Its close follows, with the code.
      this.#log.warn("client.error_frame", { code: response.error.code });
      return;
    }
    const call = typeof response.id === "number" ? this.#calls.get(response.id) : undefined;
    // An answer after the timeout is late, not malformed.
    if (call === undefined || typeof response.id !== "number") return;
    this.#calls.delete(response.id);
    call.timer.cancel();
    if ("error" in response) call.reject(RequestError.from(response.error));
    else call.resolve(response.result);
  }

  #sendBeat(intervalMs: number): void {
    this.#beat = this.#clock.after(intervalMs, () => this.#sendBeat(intervalMs));
    this.#host.stable();
    // Only the arrival of an answer counts; `#watchFor` acts on silence.
    if (this.usable) this.call("heartbeat", {}, intervalMs).catch(() => {});
  }

  /** WS-4 in the other direction: the connection ends after whole intervals without a frame from the server. */
  #watchFor(silenceMs: number, waitMs: number): void {
    this.#watch = this.#clock.after(waitMs, () => {
      const leftMs = this.#heardAt + silenceMs - this.#clock.now();
      if (leftMs > 0) this.#watchFor(silenceMs, leftMs);
      else this.drop(closeCodes.heartbeatMissed.code, "the server is silent", "reconnect");
    });
  }

  #malformed(what: string): void {
    this.#log.warn("client.malformed_frame", { what });
    this.drop(closeCodes.badFrame.code, "malformed frame from the server", "reconnect");
  }

  #send(frame: Record<string, unknown>): void {
    try {
      this.#socket.send(JSON.stringify(frame));
    } catch (error) {
      this.#log.warn("client.send_failed", { error: asError(error) });
      this.drop(clientCodes.dropped, "cannot send", "reconnect");
    }
  }

  #close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason);
    } catch (error) {
      this.#log.warn("client.close_failed", { error: asError(error) });
      this.#socketClosed.resolve();
    }
  }

  #closed(code: number | undefined, reason: string | undefined): void {
    this.#socketClosed.resolve();
    if (this.#ended) return;
    // A proxy may drop the announced code.
    const said = code !== undefined && code >= 3000 ? code : this.#closing?.code ?? code ?? clientCodes.lost;
    this.#end({ code: said, reason: reason || "connection lost", then: this.#next(said) });
  }

  #next(code: number): AfterClose {
    const next = afterClose(code);
    return this.#closing?.reconnect === false && next !== "login" ? "stop" : next;
  }

  #end(end: ConnectionEnd): void {
    this.#ended = true;
    this.#watch.cancel();
    this.#beat?.cancel();
    for (const call of this.#calls.values()) {
      call.timer.cancel();
      call.reject(broken());
    }
    this.#calls.clear();
    this.#host.ended(end);
  }

  /** A throw in `work` is a bug of the library or of a handler. It ends this connection, not the page or the process. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error("client.bug", { error: asError(error) });
      this.drop(clientCodes.dropped, "internal error", "reconnect");
    }
  }
}

function broken(): RequestError {
  return new RequestError("broken", "The connection broke before the answer came.");
}
