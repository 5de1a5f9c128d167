/**
 * Encrypts pushes, sends them to push services, and keeps the key that signs them.
 * Never calls an address that is not a known push service.
 * Start with `web_push.ts`.
 */
export { encrypted } from "./encryption.ts";
export { loadPushKeys, type PushKeys, pushKeys } from "./vapid.ts";
export { WebPush } from "./web_push.ts";
