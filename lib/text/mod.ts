/**
 * Turns protocol values into words for pages: states, kinds, sizes, verdicts, reasons.
 * Never has a text of its own: the catalogue is an argument.
 * Start with `commands.ts` (states) and `files.ts`.
 */
export { answersCsv } from "./answers_csv.ts";
export type { OpenBetween } from "./chat.ts";
export * from "./asking.ts";
export { subjectPath } from "./audit.ts";
export { auditCsv, jsonList } from "./audit_files.ts";
export * from "./commands.ts";
export * from "./counts.ts";
export { effectText } from "./effect.ts";
export * from "./files.ts";
export * from "./grants.ts";
export * from "./incidents.ts";
export * from "./log_line.ts";
export { operatorText } from "./operator.ts";
export * from "./push.ts";
export * from "./queue.ts";
export * from "./queue_decision.ts";
export * from "./queue_times.ts";
export * from "./quiet_week.ts";
export * from "./reach.ts";
export * from "./remaining.ts";
export * from "./scanning.ts";
export * from "./verdicts.ts";
export * from "./why.ts";
export { type Theme, themes } from "./look.ts";
