/** What administrators and moderators see and do: people, sanctions, the audit log, numbers. */
export { Audit, type ChainReport, linkOf, verifyChain } from "./audit.ts";
export { mutedRefusal, Mutes } from "./mutes.ts";
export { Stats } from "./stats.ts";
export { Users, type UsersNeeds } from "./users.ts";
export type * from "./ports.ts";
