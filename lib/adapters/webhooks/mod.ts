/**
 * Posts messages of webhooks.
 * Never follows a redirect, and never reads what a receiver answers.
 * Start with `post.ts`.
 */
export { fetchWebhooks } from "./post.ts";
