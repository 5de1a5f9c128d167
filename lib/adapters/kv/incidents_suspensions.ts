import { type Suspension, suspensionOf, type UserRecord } from "../../accounts/mod.ts";
import type { Reinstatement, Suspensions } from "../../scanning/evidence_ports.ts";
import type { Write } from "./committer.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey, KvPort } from "./port.ts";
import { moderatorsSuspension } from "./sanctions_in_force.ts";

/** Text for a person whose account is under review; it does not say why (SC-5). */
const reviewReason = "This account is suspended until a review is done.";

export type Part = Required<Pick<Write, "checks" | "sets" | "deletes">>;

/** Joins the writes of several parts. */
export function joined(...parts: Partial<Part>[]): Part {
  return {
    checks: parts.flatMap(({ checks }) => checks ?? []),
    sets: parts.flatMap(({ sets }) => sets ?? []),
    deletes: parts.flatMap(({ deletes }) => deletes ?? []),
  };
}

/** Stored legal hold: the incidents that need it. In force until the last of them ends it, whatever the time. */
export interface HoldRecord {
  incidents: string[];
}

/**
 * Returns the writes that suspend accounts until the end of an incident's review. They spare the last active administrator,
 * who must stay able to administer. The list of administrators is checked, so that of two commits that each spare the other's
 * account only one succeeds.
 */
export async function suspendWrites(
  kv: KvPort,
  users: readonly KvEntry<UserRecord>[],
  incidentId: string,
  nowMs: number,
): Promise<Part & Suspensions> {
  const found: Part & Suspensions = {
    // Also accounts that are suspended already: their suspension may end at this moment.
    checks: [...users],
    sets: [],
    deletes: [],
    userIds: [],
    usernames: [],
    spared: null,
  };
  const isActive = (user: UserRecord) => suspensionOf(user, nowMs) === null;
  const suspending = users.filter(({ value }) => !hasIncident(value));
  const admins = suspending.filter(({ value }) => value.role === "admin");
  let others = 0;
  if (admins.length > 0) {
    const roll = await kv.get<string[]>(keys.admins());
    const ids = roll.value ?? await adminIds(kv);
    const rest = ids.filter((id) => !admins.some(({ value }) => value.id === id));
    const records = await getEntries<UserRecord>(kv, rest.map(keys.user));
    others = records.filter(({ value }) =>
      value !== null && value.role === "admin" && isActive(value)
    ).length;
    found.checks.push(roll);
    found.sets.push({ key: keys.admins(), value: ids });
  }
  const spared = others > 0 ? undefined : admins.find(({ value }) => isActive(value));
  for (const entry of suspending) {
    const user = entry.value;
    if (entry === spared) {
      found.spared = user.username;
      continue;
    }
    // Whoever it was suspended by before: the review ends later than anything that moderators lift (MO-7).
    const { reason, until } = suspensionOf(user, nowMs) ?? { reason: null, until: null };
    const before: Suspension | null = reason === null ? null : { reason, until };
    const suspension = { reason: reviewReason, until: null, incident: { id: incidentId, before } };
    found.sets.push({ key: entry.key, value: { ...user, status: "suspended", suspension } });
    found.userIds.push(user.id);
    found.usernames.push(user.username);
  }
  return found;
}

/** Whether another incident suspends the account already. Its end passes the suspension on, as the legal hold names both. */
function hasIncident({ status, suspension }: UserRecord): boolean {
  return status === "suspended" && suspension?.incident !== undefined;
}

async function adminIds(kv: KvPort): Promise<string[]> {
  const ids: string[] = [];
  for await (const { value } of kv.list<UserRecord>({ prefix: keys.users() })) {
    if (value.role === "admin") ids.push(value.id);
  }
  return ids;
}

/**
 * Returns the writes that end an incident's suspensions. If another open incident names the account, the suspension becomes
 * that incident's.
 */
export async function reinstateWrites(
  kv: KvPort,
  userIds: readonly string[],
  incidentId: string,
  isOpen: (incidentId: string) => Promise<boolean>,
  nowMs: number,
): Promise<Part & { reinstatements: Reinstatement[] }> {
  const part: Part & { reinstatements: Reinstatement[] } = {
    checks: [],
    sets: [],
    deletes: [],
    reinstatements: [],
  };
  const users = await getEntries<UserRecord>(kv, userIds.map(keys.user));
  const holds = await getEntries<HoldRecord>(kv, userIds.map((id) => keys.hold("user", id)));
  for (const [at, entry] of users.entries()) {
    const user = entry.value;
    const hold = holds[at]!;
    if (user === null) continue;
    part.checks.push(entry, hold);
    const { suspension, ...rest } = user;
    const outcome = (outcome: Reinstatement["outcome"]) =>
      part.reinstatements.push({ userId: user.id, username: user.username, outcome });
    if (user.status !== "suspended" || suspension?.incident?.id !== incidentId) {
      outcome("other");
      continue;
    }
    const other = await firstOpen(hold.value?.incidents ?? [], incidentId, isOpen);
    if (other !== null) {
      const moved = { ...suspension, incident: { ...suspension.incident, id: other } };
      part.sets.push({ key: entry.key, value: { ...user, suspension: moved } });
      outcome("moved");
    } else {
      const left = await moderatorsSuspension(kv, user.id, suspension.incident.before ?? null, nowMs);
      const back = left === null
        ? { ...rest, status: "active" as const }
        : { ...rest, status: "suspended" as const, suspension: left };
      part.sets.push({ key: entry.key, value: back });
      outcome("lifted");
    }
  }
  return part;
}

async function firstOpen(
  incidentIds: readonly string[],
  but: string,
  isOpen: (incidentId: string) => Promise<boolean>,
): Promise<string | null> {
  for (const id of incidentIds) if (id !== but && await isOpen(id)) return id;
  return null;
}

/** Adds an incident to legal holds. */
export async function holdWrites(
  kv: KvPort,
  holding: readonly KvKey[],
  incidentId: string,
): Promise<Part> {
  const entries = await getEntries<HoldRecord>(kv, holding);
  const part: Part = { checks: [], sets: [], deletes: [] };
  for (const entry of entries) {
    const incidents = [...new Set([...entry.value?.incidents ?? [], incidentId])];
    const value: HoldRecord = { incidents };
    part.checks.push(entry);
    part.sets.push({ key: entry.key, value });
  }
  return part;
}

/** Removes an incident from legal holds; other incidents keep theirs. */
export async function unholdWrites(
  kv: KvPort,
  holding: readonly KvKey[],
  incidentId: string,
): Promise<Part> {
  const entries = await getEntries<HoldRecord>(kv, holding);
  const part: Part = { checks: [], sets: [], deletes: [] };
  for (const entry of entries) {
    if (entry.value === null || !entry.value.incidents.includes(incidentId)) continue;
    const incidents = entry.value.incidents.filter((id) => id !== incidentId);
    part.checks.push(entry);
    if (incidents.length === 0) part.deletes.push(entry.key);
    else part.sets.push({ key: entry.key, value: { incidents } satisfies HoldRecord });
  }
  return part;
}
