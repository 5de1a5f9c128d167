import type {
  GroupRecord,
  GroupsStore,
  MemberRecord,
  Membership,
  MembershipPlace,
  Memberships,
} from "../../accounts/mod.ts";
import type { AuditEntry } from "../../platform/mod.ts";
import { limits, Refusal } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
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

  async add(group: GroupRecord, most: number, auditEntry: AuditEntry): Promise<"added" | "taken" | "full"> {
    const key = keys.group(group.name);
    if ((await this.#store.kv.get(key)).value !== null) return "taken";
    if ((await this.allGroups()).length >= most) return "full";
    const { ok } = await this.#audit.commit(
      { checks: [{ key, versionstamp: null }], sets: [{ key, value: group }] },
      auditEntry,
    );
    return ok ? "added" : "taken";
  }

  async groups(names: readonly string[]): Promise<Map<string, GroupRecord>> {
    const values = await getValues<GroupRecord>(this.#store.kv, names.map(keys.group));
    return new Map(values.flatMap((group) => group === null ? [] : [[group.name, group]]));
  }

  allGroups(): Promise<GroupRecord[]> {
    return this.#listed<GroupRecord>(keys.groups(), limits.groups);
  }

  async change(
    name: string,
    who: { userId: string; actorId: string },
    decide: (
      place: MembershipPlace,
    ) => Promise<{ member: MemberRecord | null; auditEntry: AuditEntry } | Refusal | null>,
  ): Promise<{ before: MembershipPlace; after: MemberRecord | null } | Refusal | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [group, member, actor] = await this.#store.kv.getMany<[GroupRecord, MemberRecord, MemberRecord]>([
        keys.group(name),
        keys.member(name, who.userId),
        keys.member(name, who.actorId),
      ]);
      if (group.value === null) return null;
      const before = { group: group.value, member: member.value, actor: actor.value };
      const decision = await decide(before);
      if (decision instanceof Refusal) return decision;
      if (decision === null) return { before, after: before.member };
      const after = decision.member;
      const bothWays = [keys.member(name, who.userId), keys.memberOf(who.userId, name)];
      const { ok } = await this.#audit.commit({
        checks: [group, member],
        sets: [
          { key: group.key, value: counted(group.value, before.member, after) },
          ...(after === null ? [] : bothWays.map((key) => ({ key, value: after }))),
        ],
        deletes: after === null ? bothWays : [],
      }, decision.auditEntry);
      this.#ofPerson.forget(who.userId);
      this.#ofGroup.forget(name);
      if (ok) return { before, after };
    }
    return new Refusal("conflict", "group.changed");
  }

  recordsOf(userId: string): Promise<MemberRecord[]> {
    return this.#listed<MemberRecord>(keys.groupsOf(userId), limits.groupsPerPerson);
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

  async #listed<V>(prefix: Deno.KvKey, limit: number): Promise<V[]> {
    const values: V[] = [];
    for await (const { value } of this.#store.kv.list<V>({ prefix }, { limit })) values.push(value);
    return values;
  }
}

const noMemberships: Memberships = new Map();

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
