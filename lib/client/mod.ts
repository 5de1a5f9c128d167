/**
 * The client library: connect, resume, acknowledge, drop repeats, send now or later. Browser and native.
 * Never hands the same command to a page twice, and never drops a request without a word.
 * Start with `client.ts`, then `reconnector.ts` and `outgoing.ts`.
 */
export { BehestClient, type ClientOptions } from "./client.ts";
export { ClientSession, type KeptSession, type SessionStore } from "./client_session.ts";
export { type ConnectionNotice, ConnectionReport, graceMs } from "./connection_report.ts";
export { type ConnectionState, isReplaced } from "./connection_state.ts";
export type { ClientEvents, ClientHandler, OtherNotification } from "./events.ts";
export { Files, type UploadOptions } from "./files.ts";
export type { SessionReady } from "./frames.ts";
export type { LocationData } from "./location_data.ts";
export {
  IndexedStore,
  type KeptMessage,
  keptMs,
  type KeptPerson,
  talkName,
  talkOf,
} from "./indexed_store.ts";
export { Keeper } from "./keeper.ts";
export { changedItem, isOpenItem, itemOf, type KeptCommand } from "./kept.ts";
export { logIn, type LoginWish } from "./login.ts";
export { MemoryOutboxStore, type OutboxStore, type StoredRequest } from "./outbox_store.ts";
export type { PendingRequest } from "./outgoing.ts";
export { withoutLocationData } from "./photo_data.ts";
export { Rest, type RestOptions } from "./rest.ts";
export {
  type PushAnswered,
  type PushDevice,
  type PushDevices,
  Pushes,
  type PushSubscriptionBody,
} from "./pushes.ts";
export { type RequestClass, RequestError, type RequestErrorKind, type RequestParams } from "./requests.ts";
export { FallbackSockets } from "./fallback_sockets.ts";
export { StreamSocket } from "./stream_socket.ts";
export { MemorySeenStore, type SeenStore } from "./seen_store.ts";
export type { SocketEvent, SocketFactory, TransportKind, WebSocketLike } from "./socket.ts";
export { SharedConnection, type SharedConnectionOptions } from "./tabs/shared_connection.ts";
export type { TabChannel, TabLocks } from "./tabs/messages.ts";
export type { StopState } from "./stop_report.ts";
export { type Fetch, type TicketAnswer, ticketFrom } from "./ticket.ts";
