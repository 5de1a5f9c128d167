/**
 * Keeps each person's list of notices (UI-11) for two weeks, and rings for new ones.
 * Never decides whether somebody may know of something: whoever adds a notice does.
 * Start with `notices.ts`.
 */
export { Notices, type NoticesNeeds } from "./notices.ts";
export type * from "./ports.ts";
