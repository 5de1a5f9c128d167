import { HttpError } from "./error.ts";

/** Called for the events of a socket that `ctx.upgrade()` opened. */
export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Handed to `Deno.upgradeWebSocket`. */
export interface WebSocketUpgradeOptions {
  /** Seconds without a pong after which the runtime closes the socket. */
  idleTimeout?: number;
  /** Sub-protocol to answer with. */
  protocol?: string;
}

/** `ctx.upgrade()`: opens a WebSocket. With handlers it connects them, and returns only the response. */
export function upgradeRequest(
  req: Request,
  first?: WebSocketHandlers | WebSocketUpgradeOptions,
  second?: WebSocketUpgradeOptions,
): { socket: WebSocket; response: Response } | Response {
  if (req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HttpError(400, "Expected a WebSocket upgrade request");
  }
  const handlers = isHandlers(first) ? first : null;
  const options = isHandlers(first) ? second : first;
  const { socket, response } = Deno.upgradeWebSocket(req, options);
  if (handlers === null) return { socket, response };
  socket.addEventListener("open", () => handlers.open?.(socket));
  socket.addEventListener("message", (event) => handlers.message?.(socket, event));
  socket.addEventListener("close", (event) => handlers.close?.(socket, event.code, event.reason));
  socket.addEventListener("error", (event) => handlers.error?.(socket, event));
  return response;
}

function isHandlers(value: object | undefined): value is WebSocketHandlers {
  return value !== undefined &&
    ["open", "message", "close", "error"].some((name) =>
      typeof (value as Record<string, unknown>)[name] === "function"
    );
}
