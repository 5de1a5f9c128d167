/**
 * Traces by OpenTelemetry, where Deno's own switch is on (`OTEL_DENO`): a command from its call over its commit to the devices.
 * Never tells of a person or a word. Deno's own spans of requests have whole addresses, which it lets nobody change.
 * Start with `tracing.ts`.
 */
export { openTracing } from "./tracing.ts";
