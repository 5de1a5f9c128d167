/** Sockets: one connection's rules, the hub of all of them, and the way from a method to its service. */
export type { Handlers, ServiceMethod } from "./dispatcher.ts";
export { Hub } from "./hub.ts";
export type { ConnectionOpening, Greeting, Inbox, InboxPage, RealtimeSettings, Transport } from "./ports.ts";
export { SendLimiter } from "./rate.ts";
export { Realtime, type RealtimeParts } from "./service.ts";
export { isForeign, isUpgrade, offersSubProtocol, readSocketQuery, subProtocol } from "./socket_query.ts";
