/**
 * Runs the sockets: one connection's rules, the hub of all connections, method to service.
 * Never opens a socket itself, and never holds a command that the log does not have.
 * Start with `connection.ts` (one client), then `delivery_pump.ts` (out) and `hub.ts` (all clients).
 */
export type { Handlers, ServiceMethod } from "./dispatcher.ts";
export { Hub } from "./hub.ts";
export type { ConnectionOpening, Greeting, Inbox, InboxPage, RealtimeSettings, Transport } from "./ports.ts";
export { Realtime, type RealtimeParts } from "./service.ts";
