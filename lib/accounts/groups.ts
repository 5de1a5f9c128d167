import { type AuditEntry, type Caller, iso } from "../platform/mod.ts";
import {
  type AdminGroup,
  type Answer,
  type GroupChanged,
  type GroupEntry,
  type GroupList,
  type GroupRole,
  limits,
  type Params,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { invitationOwed, invitationsAfterStop, neverArrives, tellMember } from "./group_arrivals.ts";
import { GroupLife, type GroupLifeNeeds } from "./group_life.ts";
import { isOwner, lastOwner, nextOwner } from "./group_owners.ts";
import type { GroupRecord, MemberRecord, MembershipPlace } from "./group_ports.ts";
import { isShown, memberEntry, titleFor, wholeGroups } from "./group_views.ts";

export type GroupsNeeds = GroupLifeNeeds;

/** Groups (BR-6). A membership begins when the person accepts, and counts for others only then. */
export class Groups {
  readonly #needs: GroupsNeeds;
  /** How groups begin and end. */
  readonly life: GroupLife;

  constructor(needs: GroupsNeeds) {
    this.#needs = needs;
    this.life = new GroupLife(needs);
  }

  /** Without invitations that the caller's rules hold or withhold (CO-11). */
  async list(caller: Caller): Promise<GroupList> {
    const [rules, all] = await Promise.all([
      this.#needs.textRules(caller.userId),
      this.#needs.store.recordsOf(caller.userId),
    ]);
    const records = all.filter((record) => isShown(rules, record));
    const groups = await this.#needs.store.groups(records.map(({ group }) => group));
    const list: GroupList = { groups: [], invitations: [] };
    for (const record of records) {
      const group = groups.get(record.group);
      if (group === undefined) continue;
      (record.since === null ? list.invitations : list.groups).push(
        entryOf({ ...group, title: titleFor(rules, group) }, record),
      );
    }
    return list;
  }

  /** A repeat changes nothing: a member stays one, with the old date. */
  accept(caller: Caller, params: Params<"group.accept">): Answer<GroupChanged> {
    return this.#change(caller, params.group, caller, async ({ member }) => {
      if (member === null || !await this.#sees(caller, member)) return notInvited();
      if (member.since !== null) return null;
      const accepted = { ...member, since: this.#needs.clock.now() };
      return {
        member: accepted,
        auditEntry: memberEntry(caller, "group.accept", params.group, caller.username, member),
      };
    });
  }

  /** Ends the caller's membership, or declines an invitation. The last owner stays (BR-7). */
  leave(caller: Caller, params: Params<"group.leave">): Answer<GroupChanged> {
    return this.#leave(caller, params, (member) => this.#sees(caller, member));
  }

  async #sees({ userId }: Caller, member: MemberRecord): Promise<boolean> {
    return isShown(await this.#needs.textRules(userId), member);
  }

  #leave(
    caller: Caller,
    params: Params<"group.leave">,
    mayLeave: (member: MemberRecord) => Promise<boolean>,
  ): Answer<GroupChanged> {
    return this.#change(caller, params.group, caller, async ({ member }) => {
      if (member === null || !await mayLeave(member)) return new Refusal("not_found", "group.notIn");
      const refused = await lastOwner(this.#needs.store, member);
      if (refused !== null) return refused;
      return {
        member: null,
        auditEntry: memberEntry(caller, "group.leave", params.group, caller.username, member),
      };
    });
  }

  /** All groups for administrators; for others the groups that they own. */
  async managed(caller: Caller): Answer<AdminGroup[]> {
    if (caller.role === "admin") return await wholeGroups(this.#needs, await this.#needs.store.allGroups());
    const owned = (await this.#needs.store.recordsOf(caller.userId)).filter(isOwner);
    const groups = await this.#needs.store.groups(owned.map(({ group }) => group));
    return await wholeGroups(this.#needs, [...groups.values()]);
  }

  async get(caller: Caller, name: string): Answer<AdminGroup> {
    const group = (await this.#needs.store.groups([name])).get(name);
    if (group === undefined) return noGroup();
    const own = (await this.#needs.store.recordsOf(caller.userId)).find((record) => record.group === name);
    if (caller.role !== "admin" && !isOwner(own)) return noGroup();
    return (await wholeGroups(this.#needs, [group]))[0]!;
  }

  create(caller: Caller, body: { name: string; title: string }): Answer<AdminGroup> {
    return this.life.create(caller, body);
  }

  rename(caller: Caller, name: string, body: { title: string }): Answer<AdminGroup> {
    return this.life.rename(caller, name, body);
  }

  end(caller: Caller, name: string): Answer<true> {
    return this.life.end(caller, name);
  }

  /**
   * Invites a person, or changes the role of a member. An invitation looks the same to the group's owners whether it arrives,
   * waits or is withheld (CO-10, CO-11).
   */
  async setMember(
    caller: Caller,
    name: string,
    username: string,
    { role }: { role: GroupRole },
  ): Answer<AdminGroup> {
    const mayInvite = this.#invitationOf(caller);
    return await this.#manage(caller, name, username, async ({ group, member }, person) => {
      if (member?.role === role) return null;
      if (member !== null) {
        // Another role of an invitation is told like a new one.
        const refused = member.since === null
          ? await mayInvite(person.id)
          : await lastOwner(this.#needs.store, member);
        if (refused !== null) return refused;
        const auditEntry = memberEntry(caller, "group.role", name, username, member, { role });
        return { member: { ...member, role }, auditEntry };
      }
      const refused = this.#full(group) ?? await mayInvite(person.id);
      if (refused !== null) return refused;
      const invited: MemberRecord = {
        group: name,
        userId: person.id,
        role,
        since: null,
        invitedAt: this.#needs.clock.now(),
        invitedBy: caller.username,
        ...(await neverArrives(this.#needs, caller, person.id) ? { withheld: true } : {}),
      };
      return { member: invited, auditEntry: memberEntry(caller, "group.invite", name, username, invited) };
    });
  }

  /** CO-11: checks one invitation by the caller, and counts it once, however often its write is tried. */
  #invitationOf(caller: Caller): (userId: string) => Promise<Refusal | null> {
    let counted = false;
    return async (userId) => {
      const muted = await this.#needs.muted(caller.userId);
      if (muted !== null || counted) return muted;
      const refused = await this.#needs.limit.take("invitations", caller.userId, userId);
      counted = refused === null;
      return refused;
    };
  }

  /** Ends a membership, or withdraws an invitation. */
  removeMember(caller: Caller, name: string, username: string): Answer<AdminGroup> {
    return this.#manage(caller, name, username, async ({ member }) => {
      if (member === null) return new Refusal("not_found", "group.noMember");
      const refused = await lastOwner(this.#needs.store, member);
      if (refused !== null) return refused;
      return { member: null, auditEntry: memberEntry(caller, "group.remove", name, username, member) };
    });
  }

  /**
   * BR-7: leaves a group for good, because the account ends. What the person owned alone gets another owner; a group without any
   * other member ends.
   */
  async forsake(caller: Caller, name: string): Promise<void> {
    const { store, people } = this.#needs;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const left = await this.#leave(caller, { group: name }, () => Promise.resolve(true));
      // Another person may have removed them, or ended the group, a moment ago.
      if (!(left instanceof Refusal) || left.kind === "not_found") {
        return await this.life.run({ kind: "group_end", group: name });
      }
      const heir = nextOwner(await store.recordsIn(name), caller.userId);
      const person = heir === null ? undefined : (await people.byIds([heir.userId])).get(heir.userId);
      if (heir === null || person === undefined) return await this.life.endForsaken(caller, name);
      await this.#change(
        caller,
        name,
        { userId: person.id, username: person.username },
        ({ member }) =>
          member === null || member.since === null ? null : {
            member: { ...member, role: "owner" },
            auditEntry: memberEntry(caller, "group.role", name, person.username, member, { role: "owner" }),
          },
      );
    }
    throw new Error("A group could not be left: too many writers at once.");
  }

  /** Runs a change by an owner or administrator. Everyone else gets `not_found`. */
  async #manage(
    caller: Caller,
    name: string,
    username: string,
    decide: (place: MembershipPlace, person: { id: string }) => Decision | Promise<Decision>,
  ): Answer<AdminGroup> {
    const person = (await this.#needs.people.byUsernames([username])).get(username);
    const changed = await this.#change(caller, name, {
      userId: person?.id ?? "",
      username,
    }, (place) => {
      if (caller.role !== "admin" && !isOwner(place.actor)) return noGroup();
      if (person === undefined) return new Refusal("not_found", "person.unknown");
      return decide(place, person);
    });
    return changed instanceof Refusal ? changed : await this.#answer(caller, name);
  }

  /** Returns the group after the change. An owner who gave up that role still gets it. */
  async #answer(caller: Caller, name: string): Answer<AdminGroup> {
    return await this.get({ ...caller, role: "admin" }, name);
  }

  async #change(
    caller: Caller,
    name: string,
    person: { userId: string; username: string },
    decide: (place: MembershipPlace) => Decision | Promise<Decision>,
  ): Answer<GroupChanged> {
    const who = { userId: person.userId, actorId: caller.userId };
    const changed = await this.#needs.store.change(name, who, async (place) => {
      const decision = await decide(place);
      if (decision === null || decision instanceof Refusal) return decision;
      return { ...decision, owed: await invitationOwed(this.#needs, caller, place, decision.member) };
    });
    if (changed === null) return noGroup();
    if (changed instanceof Refusal) return changed;
    const { before: { group, member: before }, after, owed } = changed;
    const told: GroupChanged = {
      name,
      title: group.title,
      role: after?.role ?? null,
      accepted: after !== null && after.since !== null,
    };
    if (before !== after) {
      await tellMember(this.#needs, caller, person.userId, { group, before, after }, told);
    }
    // Not awaited: whether an invitation arrives must not be seen in how long it takes (CO-10).
    void this.#needs.notices.give(owed);
    return told;
  }

  /** Sends the person's devices the invitations that a stop held, now that it has ended. */
  arriveAfterStop(userId: string, sinceMs: number): Promise<void> {
    return invitationsAfterStop(this.#needs, userId, sinceMs);
  }

  #full(group: GroupRecord): Refusal | null {
    return group.entries < limits.groupMembers
      ? null
      : new Refusal("queue_full", say("group.members", { count: limits.groupMembers }));
  }
}

type Decision = { member: MemberRecord | null; auditEntry: AuditEntry } | Refusal | null;

function entryOf({ name, title, accepted }: GroupRecord, { role, since }: MemberRecord): GroupEntry {
  return { name, title, role, since: since === null ? null : iso(since), members: accepted };
}

function notInvited(): Refusal {
  return new Refusal("not_found", "group.noInvitation");
}

function noGroup(): Refusal {
  return new Refusal("not_found", "group.unknown");
}
