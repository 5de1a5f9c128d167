import type {
  GroupJob,
  GroupRecord,
  GroupsStore,
  MemberRecord,
  Membership,
  MembershipChange,
  MembershipDecision,
  MembershipPlace,
  Memberships,
} from "../../accounts/mod.ts";
import type { AuditEntry } from "../../platform/mod.ts";
import { limits, Refusal } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { owedSet } from "./notices_store.ts";
import type { KvKey } from "./port.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

/**
 * Groups in Deno KV: each membership is stored in both directions. Every delivery asks for accepted ones, so they are kept in
 * memory.
 */
export class KvGroups implements GroupsStore {
  readonly #store: Store;
  readonly #audit: KvAudit;
  readonly #ofPerson: Remembered<Memberships>;
  readonly #ofGroup: Remembered<Memberships>;

  constructor(store: Store, audit: KvAudit) {
    this.#store = store;
    this.#audit = audit;
    this.#ofPerson = new Remembered(store.exclusive ? limits.peopleCached : 0);
    this.#ofGroup = new Remembered(store.exclusive ? limits.groupsCached : 0);
  }

  async add(
    group: GroupRecord,
    most: number,
    auditEntry: AuditEntry,
    first?: MemberRecord,
  ): Promise<"added" | "taken" | "full"> {
    const key = keys.group(group.name);
    if ((await this.#store.kv.get(key)).value !== null) return "taken";
    if ((await this.allGroups()).length >= most) return "full";
    const members = first === undefined
      ? []
      : bothWays(group.name, first.userId).map((place) => ({ key: place, value: first }));
    const { ok } = await this.#audit.commit(
      { checks: [{ key, versionstamp: null }], sets: [{ key, value: group }, ...members] },
      auditEntry,
    );
    if (first !== undefined) this.#forget(group.name, first.userId);
    return ok ? "added" : "taken";
  }

  async groups(names: readonly string[]): Promise<Map<string, GroupRecord>> {
    const values = await getValues<GroupRecord>(this.#store.kv, names.map(keys.group));
    return new Map(values.flatMap((group) => isThere(group) ? [[group.name, group]] : []));
  }

  async allGroups(): Promise<GroupRecord[]> {
    const groups: GroupRecord[] = [];
    // Those that ended stay as records and do not count.
    for await (const { value } of this.#store.kv.list<GroupRecord>({ prefix: keys.groups() })) {
      if (isThere(value)) groups.push(value);
      if (groups.length === limits.groups) break;
    }
    return groups;
  }

  async change(
    name: string,
    who: { userId: string; actorId: string },
    decide: (place: MembershipPlace) => Promise<MembershipDecision | Refusal | null>,
  ): Promise<MembershipChange | Refusal | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [group, member, actor] = await this.#store.kv.getMany<[GroupRecord, MemberRecord, MemberRecord]>([
        keys.group(name),
        keys.member(name, who.userId),
        keys.member(name, who.actorId),
      ]);
      if (!isThere(group.value)) return null;
      const before = { group: group.value, member: member.value, actor: actor.value };
      const decision = await decide(before);
      if (decision instanceof Refusal) return decision;
      if (decision === null) return { before, after: before.member, owed: [] };
      const { member: after, auditEntry, owed = [] } = decision;
      const places = bothWays(name, who.userId);
      const { ok } = await this.#audit.commit({
        checks: [group, member],
        sets: [
          { key: group.key, value: counted(group.value, before.member, after) },
          ...(after === null ? [] : places.map((key) => ({ key, value: after }))),
          ...owed.map(owedSet),
        ],
        deletes: after === null ? places : [],
      }, auditEntry);
      this.#forget(name, who.userId);
      if (ok) return { before, after, owed };
    }
    return new Refusal("conflict", "group.changed");
  }

  async changeGroup(
    name: string,
    actorId: string,
    decide: (
      group: GroupRecord,
      actor: MemberRecord | null,
    ) => Promise<{ group: GroupRecord; auditEntry: AuditEntry } | Refusal | null>,
  ): Promise<GroupRecord | Refusal | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [group, actor] = await this.#store.kv.getMany<[GroupRecord, MemberRecord]>([
        keys.group(name),
        keys.member(name, actorId),
      ]);
      if (!isThere(group.value)) return null;
      const decision = await decide(group.value, actor.value);
      if (decision instanceof Refusal) return decision;
      if (decision === null) return group.value;
      const { group: next, auditEntry } = decision;
      const { ok } = await this.#audit.commit({
        checks: [group],
        sets: [
          { key: group.key, value: next },
          ...(next.endedAt === undefined ? [] : [endJob(name, next.endedAt)]),
        ],
      }, auditEntry);
      if (ok) return next;
    }
    return new Refusal("conflict", "group.changed");
  }

  async removeSome(name: string): Promise<MemberRecord[]> {
    const { value } = await this.#store.kv.get<GroupRecord>(keys.group(name));
    if (value?.endedAt === undefined) return [];
    const records = await this.#listed<MemberRecord>(keys.membersOf(name), membersAtOnce);
    const deletes = records.flatMap(({ userId }) => bothWays(name, userId));
    if (deletes.length > 0) await this.#store.committer.commit({ deletes });
    for (const { userId } of records) this.#forget(name, userId);
    return records;
  }

  #forget(name: string, userId: string): void {
    this.#ofPerson.forget(userId);
    this.#ofGroup.forget(name);
  }

  async recordsOf(userId: string): Promise<MemberRecord[]> {
    const records: MemberRecord[] = [];
    // There are at most as many as groups of the server.
    for await (const { value } of this.#store.kv.list<MemberRecord>({ prefix: keys.groupsOf(userId) })) {
      if (value.withheld !== true) records.push(value);
      if (records.length === limits.groupsPerPerson) break;
    }
    return records;
  }

  async groupsWith(userId: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { value } of this.#store.kv.list<MemberRecord>({ prefix: keys.groupsOf(userId) })) {
      names.push(value.group);
    }
    return names;
  }

  recordsIn(name: string): Promise<MemberRecord[]> {
    return this.#listed<MemberRecord>(keys.membersOf(name), limits.groupMembers);
  }

  async membershipsOf(userId: string): Promise<Memberships> {
    const kept = this.#ofPerson.get(userId);
    if (kept !== undefined) return kept;
    const moment = this.#ofPerson.moment;
    const memberships = accepted(await this.recordsOf(userId), ({ group }) => group);
    this.#ofPerson.keep(userId, memberships, moment);
    return memberships;
  }

  async membersOf(name: string): Promise<Memberships> {
    const kept = this.#ofGroup.get(name);
    if (kept !== undefined) return kept;
    const moment = this.#ofGroup.moment;
    const memberships = accepted(await this.recordsIn(name), ({ userId }) => userId);
    this.#ofGroup.keep(name, memberships, moment);
    return memberships;
  }

  membershipsKept(userId: string): Memberships | undefined {
    return this.#ofPerson.get(userId);
  }

  membersKept(name: string): Memberships | undefined {
    return this.#ofGroup.get(name);
  }

  async #listed<V>(prefix: KvKey, limit: number): Promise<V[]> {
    const values: V[] = [];
    for await (const { value } of this.#store.kv.list<V>({ prefix }, { limit })) values.push(value);
    return values;
  }
}

/** Memberships that one commit removes. */
const membersAtOnce = 200;

const noMemberships: Memberships = new Map();

function isThere(group: GroupRecord | null): group is GroupRecord {
  return group !== null && group.endedAt === undefined;
}

/** A membership's keys: by group and by person. */
function bothWays(name: string, userId: string): KvKey[] {
  return [keys.member(name, userId), keys.memberOf(userId, name)];
}

function endJob(group: string, dueMs: number): { key: KvKey; value: GroupJob } {
  return { key: keys.job(dueMs, `group_end:${group}`), value: { kind: "group_end", group } };
}

function accepted(records: readonly MemberRecord[], nameOf: (record: MemberRecord) => string): Memberships {
  const memberships = new Map<string, Membership>();
  for (const record of records) {
    if (record.since === null) continue;
    memberships.set(nameOf(record), { role: record.role, since: record.since });
  }
  // Most people are in no group and share one empty map.
  return memberships.size === 0 ? noMemberships : memberships;
}

function counted(group: GroupRecord, before: MemberRecord | null, after: MemberRecord | null): GroupRecord {
  const isAccepted = (member: MemberRecord | null) => member !== null && member.since !== null;
  return {
    ...group,
    accepted: group.accepted + Number(isAccepted(after)) - Number(isAccepted(before)),
    entries: group.entries + Number(after !== null) - Number(before !== null),
  };
}
