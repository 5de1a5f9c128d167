/**
 * Serves administrators and moderators: users, sanctions, the audit log, the overview's numbers.
 * Never changes anything without an audit entry in the same commit.
 * Start with `users.ts` (sanctions) and `audit.ts` (the chain of entries).
 */
export { Audit, type ChainReport, linkOf, verifyChain } from "./audit.ts";
export { Mutes } from "./mutes.ts";
export { OwnSanctions } from "./own_sanctions.ts";
export { stillInForce, strictest } from "./restrictions.ts";
export { Stats } from "./stats.ts";
export { Users, type UsersNeeds } from "./users.ts";
export type * from "./ports.ts";
