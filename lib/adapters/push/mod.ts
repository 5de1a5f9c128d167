/**
 * Sends Web Push messages, and keeps the key that signs them.
 * Never calls an address that is not a known push service.
 * Start with `web_push.ts`.
 */
export { loadVapidKeys, WebPush } from "./web_push.ts";
