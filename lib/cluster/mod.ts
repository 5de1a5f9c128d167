/**
 * Several instances on one store: their leases, what they tell each other, and a bell that rings at all of them (OP-7).
 * Never delivers anything itself, and never says that something holds everywhere before it does.
 * Start with `ports.ts` (board and wire), then `member.ts` (one instance) and `shared_bell.ts`.
 */
export { leaseMs, Member, quietMs } from "./member.ts";
export type { Beat, Board, BoardEntry, ClusterLink, Hearer, Wire } from "./ports.ts";
export { type HeardElsewhere, type OwnBell, SharedBell } from "./shared_bell.ts";
