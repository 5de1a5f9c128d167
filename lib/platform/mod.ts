/** Clock, ids, randomness, logging, backoff: what tests replace. */
export * from "./audit_entry.ts";
export * from "./backoff.ts";
export * from "./bell.ts";
export * from "./caller.ts";
export * from "./clock.ts";
export * from "./ids.ts";
export * from "./log.ts";
export * from "./random.ts";
