/**
 * Gets a verdict for every file: the worker, rescans, moderators' decisions, incidents and their reports.
 * Never takes an unclear answer of a scanner for clean, and never tells an owner that a file matched.
 * Start with `verdict.ts` (what counts), then `worker.ts` (scans) and `incidents.ts` (matches).
 */
export { Breaker, type BreakerState } from "./breaker.ts";
export { EicarScanner, hashList, HashListMatcher, NotConfigured } from "./builtin.ts";
export { csamMatcherFor, PreferredScanner, virusScannerFor } from "./choice.ts";
export * from "./evidence_ports.ts";
export { Incidents, type IncidentsNeeds } from "./incidents.ts";
export { FileModeration, type FileModerationNeeds } from "./moderation.ts";
export * from "./ports.ts";
export { RescanSchedule } from "./rescans.ts";
export { ScanStatusBoard } from "./status.ts";
export { decide, type Decision, type Findings, type Standing } from "./verdict.ts";
export { ScanWorker, type ScanWorkerNeeds } from "./worker.ts";
