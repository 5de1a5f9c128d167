/**
 * Tells devices without a connection that something new waits (Web Push).
 * Never puts content, a sender or a count into a notification.
 * Start with `push.ts`; `ports.ts` is what it asks of the store and of push services.
 */
export * from "./ports.ts";
export { Push, type PushParts } from "./push.ts";
export { isPushService, pushServiceHosts } from "./push_services.ts";
