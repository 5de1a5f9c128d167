/**
 * Serves administrators and moderators: users, sanctions, reports and the queue, the audit log, the overview's numbers.
 * Never changes anything without an audit entry in the same commit, and never tells who reported somebody.
 * Start with `users.ts` (sanctions), `queue.ts` (decisions) and `audit.ts` (the chain of entries).
 */
export { Appeals } from "./appeals.ts";
export { Audit, type ChainReport, linkOf, verifyChain } from "./audit.ts";
export { AutoRules } from "./auto_rules.ts";
export { type BackupNeeds, Backups } from "./backups.ts";
export type {
  OperatorFindings,
  OperatorNews,
  OperatorProblem,
  OperatorState,
  OperatorStore,
  OperatorTellers,
} from "./operator_ports.ts";
export { OperatorWatch } from "./operator_watch.ts";
export { clockHealth } from "./clock_health.ts";
export { Looks } from "./looks.ts";
export { Mutes } from "./mutes.ts";
export { OwnSanctions } from "./own_sanctions.ts";
export { PersonFacts } from "./person_facts.ts";
export { Queue } from "./queue.ts";
export { QueuePictures } from "./queue_pictures.ts";
export { QueueView } from "./queue_view.ts";
export { type RollupNeeds, Rollups } from "./rollups.ts";
export { rankOf } from "./harm.ts";
export { Removals } from "./removals.ts";
export { ownReportOf, Reports, type ReportSubject } from "./reports.ts";
export { ServerLog } from "./server_log.ts";
export { SanctionReasons } from "./sanction_reasons.ts";
export { stillInForce, strictest } from "./restrictions.ts";
export { noDay, tallied } from "./statistics.ts";
export { Stats } from "./stats.ts";
export { System, type SystemNeeds } from "./system.ts";
export { Users, type UsersNeeds } from "./users.ts";
export type * from "./backup_ports.ts";
export type * from "./case_ports.ts";
export type * from "./ports.ts";
export type * from "./rollup_ports.ts";
export type * from "./server_log_ports.ts";
