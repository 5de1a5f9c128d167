import type { SocketEvent, WebSocketLike } from "../../lib/client/mod.ts";
import type { ConnectionOpening } from "../../lib/realtime/mod.ts";
import type { Services } from "../../lib/web/services.ts";

/** How many frames, of both directions, a line carries before it breaks. The frame that breaks it is lost. */
export type CutAfter = number;

/** A line in memory between a client and the real server side, which breaks after a number of frames. */
export class Wire {
  readonly client: WebSocketLike;
  readonly #server: ServerEnd;
  readonly #listeners = new Map<string, ((event: SocketEvent) => void)[]>();
  #left: number;
  #over = false;

  constructor(realtime: Services["realtime"], opening: ConnectionOpening, cutAfter: CutAfter) {
    this.#left = cutAfter;
    this.#server = new ServerEnd((text) => this.#toClient(text), (code, reason) => this.#close(code, reason));
    this.client = {
      send: (text) => this.#toServer(text),
      close: (code, reason) => this.#close(code ?? 1000, reason ?? ""),
      addEventListener: (type, listener) =>
        void this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]),
    };
    queueMicrotask(() => {
      this.#emit({ type: "open" });
      // What the runtime hands over after an upgrade; the parts that the server uses.
      realtime.open(this.#server as unknown as WebSocket, opening);
    });
  }

  #toClient(text: string): void {
    this.#carry(() => this.#emit({ type: "message", data: text }));
  }

  #toServer(text: string): void {
    this.#carry(() => this.#server.onmessage?.({ data: text }));
  }

  #carry(deliver: () => void): void {
    if (this.#over) return;
    if (this.#left-- <= 0) return this.#close(1006, "");
    queueMicrotask(() => {
      if (!this.#over) deliver();
    });
  }

  #close(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#server.readyState = WebSocket.CLOSED;
    queueMicrotask(() => {
      this.#server.onclose?.();
      this.#emit({ type: "close", code, reason });
    });
  }

  #emit(event: SocketEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}

class ServerEnd {
  binaryType = "blob";
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: (() => void) | null = null;
  readonly send: (text: string) => void;
  readonly close: (code: number, reason: string) => void;

  constructor(send: (text: string) => void, close: (code: number, reason: string) => void) {
    this.send = send;
    this.close = close;
  }
}
