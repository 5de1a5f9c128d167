/** What a person takes, from whom and when: preferences, categories and `decide()`. */
export * from "./consent.ts";
export * from "./decide.ts";
export * from "./ports.ts";
export { localDay } from "./time_of_day.ts";
