/** WS-12: what a connection runs over. */
export type TransportKind = "websocket" | "stream";

/** The part of a WebSocket that the library uses. Those of browsers, Deno and Node have it; tests fake it. */
export interface WebSocketLike {
  /** Absent on a WebSocket. */
  readonly transport?: "stream";
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: SocketEvent) => void,
  ): void;
}

export interface SocketEvent {
  readonly type: string;
  /** In a message event. */
  readonly data?: unknown;
  /** In a close event. */
  readonly code?: number;
  readonly reason?: string;
}

export type SocketFactory = (url: string, protocols: string[]) => WebSocketLike;

export const webSocket: SocketFactory = (url, protocols) => new WebSocket(url, protocols);

export interface SocketAddress {
  /** Address of `/api/ws`: absolute, or in a page relative to the page. */
  url: string;
  device?: string | undefined;
  window?: number | undefined;
  accept?: readonly string[] | undefined;
}

/** The URL of WS-1 and WS-10. It contains the ticket or token, so it must not be logged (AU-5). */
export function socketUrl(address: SocketAddress, login: { ticket?: string; token?: string }): string {
  const url = new URL(address.url, globalThis.location?.href);
  url.protocol = url.protocol.replace(/^http/, "ws");
  url.hash = "";
  if (address.device !== undefined) url.searchParams.set("device", address.device);
  if (address.window !== undefined) url.searchParams.set("window", String(address.window));
  if (address.accept?.length) url.searchParams.set("accept", address.accept.join(","));
  if (login.ticket !== undefined) url.searchParams.set("ticket", login.ticket);
  if (login.token !== undefined) url.searchParams.set("token", login.token);
  return url.href;
}
