import type { Clock, Log, Timer } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";
import type { Transport } from "./ports.ts";

/** The runtime's WebSocket as a transport. Its callbacks catch every error: one that escapes would end the process. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onGone: () => void;
  /** A close that was asked for before the handshake ended. */
  #closeOnOpen: { code: number; reason: string } | null = null;
  /** The next look at whether a connection that is to be closed may be. */
  #closing: Timer | null = null;
  /** Time of the last message. */
  #heardAt = -1;

  constructor(socket: WebSocket, clock: Clock, log: Log, onGone: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#log = log;
    this.#onGone = onGone;
  }

  attach(connection: Connection): void {
    const socket = this.#socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened(connection);
    socket.onmessage = (event) => {
      try {
        this.#heardAt = this.#clock.now();
        if (typeof event.data === "string") connection.receive(event.data);
        else connection.receiveBinary();
      } catch (error) {
        this.#guard(connection, error);
      }
    };
    socket.onerror = (event) => {
      // The peer went away, or sent a frame that the runtime could not read (WS-6).
      const reason = event instanceof ErrorEvent ? event.message : "unknown";
      this.#log.info("socket.error", { connection: connection.id, user: connection.userId, reason });
      event.preventDefault();
    };
    // The runtime calls this twice after a dead peer.
    socket.onclose = () => {
      try {
        this.#closing?.cancel();
        connection.lost();
        this.#onGone();
      } catch (error) {
        this.#guard(connection, error);
      }
    };
    if (socket.readyState === WebSocket.OPEN) this.#opened(connection);
  }

  send(text: string): void {
    // The peer may have closed already, with the event still to come.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#closeOnOpen = { code, reason };
    else this.#closeAfterPause(code, reason, limits.closeLingerMs / limits.closeQuietMs);
  }

  /**
   * Sends the close frame once the client pauses (WS-11). After a close, the runtime hangs up on the next frame that it
   * reads, and the unread rest resets the connection: a client that is still sending would never see the code. So its
   * frames are read and ignored until then. A short pause is enough: it shows that no frame waits unread, and the client
   * has the code before its next one.
   */
  #closeAfterPause(code: number, reason: string, looksLeft: number): void {
    const askedAt = this.#clock.now();
    this.#closing = this.#clock.after(limits.closeQuietMs, () => {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      const now = this.#clock.now();
      // A late look proves no pause: this process did not run, so frames may wait unread.
      const onTime = now - askedAt < 2 * limits.closeQuietMs;
      if (looksLeft <= 1 || (onTime && this.#heardAt < askedAt)) {
        this.#socket.close(code, reason);
      } else this.#closeAfterPause(code, reason, looksLeft - 1);
    });
  }

  #opened(connection: Connection): void {
    if (this.#closeOnOpen !== null) this.#socket.close(this.#closeOnOpen.code, this.#closeOnOpen.reason);
    else void connection.start();
  }

  #guard(connection: Connection, error: unknown): void {
    try {
      connection.crash(error);
    } catch (again) {
      this.#log.error("socket.failed", {
        connection: connection.id,
        error: again instanceof Error ? again : new Error(String(again)),
      });
    }
  }
}
