/**
 * Tells programs of answers to what their access tokens sent (AU-11), by Standard Webhooks.
 * Never sends to a host that the operator did not name, and never a word of a command.
 * Start with `webhooks.ts`.
 */
export { signedHeaders } from "./signature.ts";
export { isWebhookAddress } from "./address.ts";
export type { Receiver, WebhookMessage, WebhookOutcome, WebhookSender, WebhooksNeeds } from "./ports.ts";
export { Webhooks } from "./webhooks.ts";
