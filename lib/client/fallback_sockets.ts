import { type SocketFactory, type TransportKind, webSocket } from "./socket.ts";

export interface FallbackOptions {
  /** Opens streams, from the address of the WebSocket. */
  stream: SocketFactory;
  /** Opens WebSockets; those of the runtime without it. */
  socket?: SocketFactory | undefined;
  /** What is tried first; WebSockets without it. */
  first?: TransportKind | undefined;
  /** Told at each change, so that a client can say that WebSockets are blocked. */
  changed?: ((transport: TransportKind) => void) | undefined;
}

/** WebSockets in a row that ended without a frame, before a stream is tried. */
const blockedAfter = 2;

/**
 * WS-12: a source of sockets for `ClientOptions.socket` that goes over to server-sent events where WebSockets are blocked. A stream
 * that worked is used again; when one fails, a WebSocket is tried again.
 */
export class FallbackSockets {
  readonly #options: FallbackOptions;
  #silent: number;
  #transport: TransportKind;

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#transport = options.first ?? "websocket";
    this.#silent = this.#transport === "stream" ? blockedAfter : 0;
  }

  /** What the last connection ran over. */
  get transport(): TransportKind {
    return this.#transport;
  }

  readonly factory: SocketFactory = (url, protocols) => {
    const streams = this.#silent >= blockedAfter;
    const { socket: open = webSocket, stream } = this.#options;
    const socket = (streams ? stream : open)(url, protocols);
    let spoke = false;
    socket.addEventListener("message", () => {
      if (spoke) return;
      spoke = true;
      this.#silent = streams ? blockedAfter : 0;
      this.#use(streams ? "stream" : "websocket");
    });
    socket.addEventListener("close", () => {
      if (!spoke) this.#silent = streams ? 0 : this.#silent + 1;
    });
    return socket;
  };

  #use(transport: TransportKind): void {
    if (this.#transport === transport) return;
    this.#transport = transport;
    this.#options.changed?.(transport);
  }
}
