/** Notifications to browsers whose person has no line. */
export { PushBell } from "./bell.ts";
export * from "./ports.ts";
export { Push, type PushParts } from "./push.ts";
export { isPushService, pushServiceHosts } from "./push_services.ts";
