import type { Clock, Log } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";
import type { Transport } from "./ports.ts";

/**
 * The runtime's WebSocket as a transport. No callback lets an error out: one thrown in `onmessage` would end the
 * process.
 */
export class SocketLine implements Transport {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onGone: () => void;
  /** A close that was asked for before the line stood. */
  #closeOnOpen: { code: number; reason: string } | null = null;
  /** When the last message came, as the clock has it. */
  #heardAt = 0;

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
      // A peer that went away, or a frame that the runtime itself could not read (WS-6).
      const reason = event instanceof ErrorEvent ? event.message : "unknown";
      this.#log.info("socket error", { connection: connection.id, user: connection.userId, reason });
      event.preventDefault();
    };
    // After a dead peer this comes twice.
    socket.onclose = () => {
      try {
        connection.lost();
        this.#onGone();
      } catch (error) {
        this.#guard(connection, error);
      }
    };
    if (socket.readyState === WebSocket.OPEN) this.#opened(connection);
  }

  send(text: string): void {
    // Between the peer's close and its event there is nobody to send to.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#closeOnOpen = { code, reason };
    else this.#closeWhenQuiet(code, reason, limits.closeLingerMs / limits.closeQuietMs);
  }

  /**
   * The runtime hangs up on the first frame that it reads after a close, and what it did not read resets the line: the
   * client would never see the code. So a client in full flow is read, unheard, until it pauses.
   */
  #closeWhenQuiet(code: number, reason: string, looksLeft: number): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (looksLeft <= 0 || this.#clock.now() - this.#heardAt >= limits.closeQuietMs) {
      this.#socket.close(code, reason);
    } else {
      this.#clock.after(limits.closeQuietMs, () => this.#closeWhenQuiet(code, reason, looksLeft - 1));
    }
  }

  #opened(connection: Connection): void {
    if (this.#closeOnOpen !== null) this.#socket.close(this.#closeOnOpen.code, this.#closeOnOpen.reason);
    else void connection.start();
  }

  #guard(connection: Connection, error: unknown): void {
    try {
      connection.crash(error);
    } catch (again) {
      this.#log.error("internal error", {
        connection: connection.id,
        error: again instanceof Error ? again : new Error(String(again)),
      });
    }
  }
}
