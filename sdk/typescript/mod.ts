/**
 * Behest's client library for TypeScript: Node 20 and newer, Deno, Bun and browsers. The same source as the pages'.
 * Start with `Behest`.
 */
export { Behest, type BehestOptions } from "./behest.ts";
export {
  BehestClient,
  type ClientEvents,
  type ClientHandler,
  type ClientOptions,
  ClientSession,
  type ConnectionState,
  FallbackSockets,
  type Fetch,
  Files,
  isReplaced,
  type KeptSession,
  logIn,
  type LoginWish,
  MemoryOutboxStore,
  MemorySeenStore,
  type OtherNotification,
  type OutboxStore,
  type PendingRequest,
  Pushes,
  RequestError,
  type RequestErrorKind,
  type RequestParams,
  Rest,
  type RestOptions,
  type SeenStore,
  type SessionReady,
  type SessionStore,
  type SocketFactory,
  type StopState,
  type StoredRequest,
  StreamSocket,
  type TicketAnswer,
  ticketFrom,
  type TransportKind,
  type UploadOptions,
} from "../../lib/client/mod.ts";
export type { PushAnswered, PushDevice, PushDevices, PushSubscriptionBody } from "../../lib/protocol/push.ts";
export type * from "./api.d.ts";
