/** The client library: connect, resume, acknowledge, drop repeats, send now or later. Browser and native. */
export { BehestClient, type ClientOptions } from "./client.ts";
export type { ClientEvents, ClientHandler, LineState, OtherNotification, StopState } from "./events.ts";
export type { SessionReady } from "./frames.ts";
export { MemoryOutboxStore, type OutboxStore, type StoredRequest } from "./outbox_store.ts";
export { RequestError, type RequestErrorKind, type RequestParams } from "./requests.ts";
export { MemorySeenStore, type SeenStore } from "./seen_store.ts";
export type { SocketEvent, SocketFactory, WebSocketLike } from "./socket.ts";
export { type Fetch, ticketFrom } from "./ticket.ts";
