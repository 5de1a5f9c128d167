/**
 * Clock, ids, randomness, logging, backoff, the bell's interface: what tests replace.
 * Never knows a rule of Behest.
 * Start with `clock.ts` and `log.ts`.
 */
export * from "./audit_entry.ts";
export * from "./backoff.ts";
export * from "./bell.ts";
export * from "./bounded_map.ts";
export * from "./caller.ts";
export * from "./clock.ts";
export * from "./disk_full.ts";
export * from "./file_carrier.ts";
export * from "./ids.ts";
export * from "./jobs.ts";
export * from "./keyed_mutex.ts";
export * from "./log.ts";
export type { LogMinute } from "./log_minutes.ts";
export { type SampledLog, sampledLog } from "./log_sampling.ts";
export * from "./notice_list.ts";
export * from "./random.ts";
export * from "./same_secret.ts";
export { storyEvents } from "./story.ts";
export * from "./tally.ts";
export * from "./webhook_job.ts";
