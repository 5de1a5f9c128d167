/** What a person takes, from whom and when: preferences, categories and `decide()`. */
export * from "./categories.ts";
export { Census, type CensusCount } from "./census.ts";
export { newPreferences } from "./changes.ts";
export * from "./consent.ts";
export * from "./decide.ts";
export * from "./ports.ts";
export { localDay } from "./time_of_day.ts";
