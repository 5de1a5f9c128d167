/**
 * One schema for each frame, REST body and record that leaves the process. Runs in the browser too.
 * Never imports another room, and never reads or writes anything.
 * Start with `methods.ts` (the socket's methods), `errors.ts` and `limits.ts`.
 */
export * from "./access_tokens.ts";
export * from "./admin.ts";
export { askingKinds, asksOf, isAsking } from "./asks_of.ts";
export { checked } from "./checked.ts";
export * from "./chat.ts";
export type { CategoryChoice } from "./choices.ts";
export * from "./close_codes.ts";
export { closedStates, isOpen } from "./closed_states.ts";
export * from "./commands.ts";
export { english, problemJsonOf, rpcErrorOf } from "./english.ts";
export * from "./errors.ts";
export * from "./files.ts";
export { fold } from "./fold.ts";
export * from "./grants.ts";
export * from "./hooks.ts";
export * from "./webhooks.ts";
export * from "./limits.ts";
export * from "./invites.ts";
export * from "./looks.ts";
export { because, faultOf, type Message, type PlainKey, type Said, said, say } from "./message.ts";
export * from "./methods.ts";
export * from "./moderation_limits.ts";
export * from "./push_limits.ts";
export * from "./notices.ts";
export * from "./people.ts";
export * from "./push.ts";
export * from "./questions.ts";
export * from "./queue.ts";
export { record } from "./record.ts";
export * from "./removals.ts";
export * from "./reports.ts";
export { isReserved } from "./reserved_names.ts";
export * from "./rpc.ts";
export * from "./sanctions.ts";
export * from "./series.ts";
export * from "./server_log.ts";
export * from "./server_sender.ts";
export * from "./system.ts";
export * from "./two_factor.ts";
export * from "./weekdays.ts";
export { cursor, device, id, type Json, sha256, slug, username } from "./text.ts";
