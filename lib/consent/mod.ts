/**
 * Decides whether a command may reach a person now: preferences, categories, quiet hours, `decide()`.
 * Never sends or stores a command, and never tells anyone which rule decided.
 * Start with `decide.ts`, the only place with consent rules.
 */
export * from "./approach.ts";
export * from "./categories.ts";
export { Census, type CensusCount } from "./census.ts";
export { newPreferences } from "./changes.ts";
export * from "./consent.ts";
export * from "./decide.ts";
export * from "./grants.ts";
export { newsHold } from "./holds.ts";
export { holdsApart } from "./numbers.ts";
export * from "./ports.ts";
export type { SharedRules } from "./shared_rules.ts";
export type { RuleChange, RuleDifference } from "./rule_changes.ts";
export * from "./sources.ts";
export * from "./standing.ts";
export { localDay, msUntilMidnight } from "./time_of_day.ts";
