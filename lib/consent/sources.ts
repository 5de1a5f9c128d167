import { type CategoryChoice, grantIdOf, type GrantSource, type HoursWindow } from "../protocol/mod.ts";

/** What a grant says, as it is stored; see `grant` in `protocol/grants.ts`. */
export interface GrantRules {
  accept?: true;
  categories?: Readonly<Record<string, CategoryChoice>>;
  kinds?: readonly string[];
  hours?: readonly HoursWindow[];
  perDay?: number;
  open?: number;
  paused?: true;
  shown?: true;
}

/** A grant (CO-12). Times in ms since 1970. */
export interface StoredGrant extends GrantRules {
  id: string;
  to: GrantSource;
  /** When what it lets through last changed. */
  sinceMs: number;
  /** Null: the person ends it. It is kept after this time, as what was sent before is decided by it. */
  untilMs: number | null;
}

/** What a group's grant once let through. */
export interface PastGrant extends Pick<GrantRules, "categories" | "kinds"> {
  id: string;
  sinceMs: number;
  endedMs: number;
}

/** All grants of one person. */
export interface StoredGrants {
  current: readonly StoredGrant[];
  past: readonly PastGrant[];
}

/** A command, as far as it decides which grant is about it. */
interface Sent {
  from: { username: string };
  audience: { kind: "user" | "group" | "category" | "all"; name?: string | undefined };
}

/** The source of a command, by the id of its grant; null for broadcasts, which no grant is about. */
export function sourceOf({ from, audience }: Sent): string | null {
  const { kind } = audience;
  switch (kind) {
    case "user":
      return grantIdOf({ user: from.username });
    case "group":
      return audience.name === undefined ? null : grantIdOf({ group: audience.name });
    case "category":
    case "all":
      return null;
    default:
      return kind satisfies never;
  }
}

/** CO-12: whether a grant is in force. Decided from the clock alone, so it ends on time whatever ran or slept. */
export function isInForce({ untilMs }: StoredGrant, now: number): boolean {
  return untilMs === null || now < untilMs;
}

/** The grant in force for a source. */
export function grantFor(
  grants: StoredGrants | undefined,
  source: string | null,
  now: number,
): StoredGrant | undefined {
  if (grants === undefined || source === null) return undefined;
  return grants.current.find((grant) => grant.id === source && isInForce(grant, now));
}

/** The pause that holds a command: that of its sender, whatever they send, or that of its group. */
export function pauseOf(grants: StoredGrants | undefined, sent: Sent, now: number): StoredGrant | undefined {
  if (grants === undefined) return undefined;
  const sender = grantFor(grants, grantIdOf({ user: sent.from.username }), now);
  if (sender?.paused === true) return sender;
  const source = grantFor(grants, sourceOf(sent), now);
  return source?.paused === true ? source : undefined;
}

/** What the grant for a source let through at a time that has passed. */
export function letThroughAt(
  grants: StoredGrants | undefined,
  source: string | null,
  ms: number,
): Pick<GrantRules, "categories" | "kinds"> | undefined {
  if (grants === undefined || source === null) return undefined;
  const current = grants.current.find(({ id, sinceMs, untilMs }) =>
    id === source && sinceMs <= ms && (untilMs === null || ms < untilMs)
  );
  return current ??
    grants.past.find(({ id, sinceMs, endedMs }) => id === source && sinceMs <= ms && ms < endedMs);
}
