import { auditEntryOf, type Bell, type Caller, type Clock, type NoticeList } from "../platform/mod.ts";
import {
  type AdminGroup,
  type Answer,
  isReserved,
  limits,
  type NewNotice,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { isOwner, lastOwner } from "./group_owners.ts";
import type { ApproachLimit } from "./approach_limit.ts";
import type { GroupJob, GroupRecord, GroupsStore, MemberRecord } from "./group_ports.ts";
import { isShown, wholeGroups } from "./group_views.ts";
import type { People } from "./people.ts";
import type { TextRules } from "./text_rules.ts";

export interface GroupLifeNeeds {
  store: GroupsStore;
  people: People;
  bell: Pick<Bell, "consentChanged" | "notify">;
  notices: NoticeList<NewNotice>;
  clock: Clock;
  /** A person's rules for others' text (CO-11). */
  textRules(userId: string): Promise<TextRules>;
  /** Why the person may not send invitations (MO-2); null if they may. */
  muted(userId: string): Refusal | null | Promise<Refusal | null>;
  limit: ApproachLimit;
  /** `BEHEST_GROUPS`: who creates groups. Administrators always do. */
  madeBy: "admins" | "members";
}

/** How groups begin, change their title and end (BR-7). */
export class GroupLife {
  readonly #needs: GroupLifeNeeds;

  constructor(needs: GroupLifeNeeds) {
    this.#needs = needs;
  }

  /**
   * Makes a group. A member owns what they made. An administrator's group begins empty: administrators need an invitation to
   * join, like everyone, and manage it until an owner has accepted.
   */
  async create(caller: Caller, body: { name: string; title: string }): Answer<AdminGroup> {
    const isAdmin = caller.role === "admin";
    const { store, madeBy, clock } = this.#needs;
    if (!isAdmin && madeBy !== "members") return new Refusal("not_found", "request.nothing");
    const { name, title } = body;
    const refused = isAdmin ? null : this.#reserved({ name, title }) ?? await this.#tooMany(caller);
    if (refused !== null) return refused;
    const now = clock.now();
    const owner: MemberRecord | undefined = isAdmin
      ? undefined
      : { group: name, userId: caller.userId, role: "owner", since: now, invitedAt: now };
    const count = owner === undefined ? 0 : 1;
    const group: GroupRecord = {
      name,
      title,
      titledBy: caller.username,
      createdAt: now,
      accepted: count,
      entries: count,
    };
    const auditEntry = auditEntryOf(caller, "group.create", `group:${name}`, { title });
    const added = await store.add(group, limits.groups, auditEntry, owner);
    if (added === "added" && owner !== undefined) this.#tellOwner(caller, group);
    switch (added) {
      case "added":
        return (await wholeGroups(this.#needs, [group]))[0]!;
      case "taken":
        return new Refusal("conflict", "group.taken", {
          fields: { name: "field.taken" },
        });
      case "full":
        return new Refusal("conflict", say("group.limit", { count: limits.groups }));
      default:
        return added satisfies never;
    }
  }

  /** Sets a new title; for owners and administrators. A title is text for its members, so a muted person sets none (CO-11). */
  async rename(caller: Caller, name: string, { title }: { title: string }): Answer<AdminGroup> {
    const muted = await this.#needs.muted(caller.userId);
    const changed = await this.#needs.store.changeGroup(name, caller.userId, (group, actor) => {
      const refused = mayNot(caller, actor);
      if (refused !== null) return Promise.resolve(refused);
      if (muted !== null) return Promise.resolve(muted);
      if (title === group.title) return Promise.resolve(null);
      const reserved = caller.role === "admin" ? null : this.#reserved({ title });
      if (reserved !== null) return Promise.resolve(reserved);
      const detail = { title, wasTitle: group.title };
      const auditEntry = auditEntryOf(caller, "group.rename", `group:${name}`, detail);
      return Promise.resolve({ group: { ...group, title, titledBy: caller.username }, auditEntry });
    });
    if (changed === null) return noGroup();
    return changed instanceof Refusal ? changed : (await wholeGroups(this.#needs, [changed]))[0]!;
  }

  /** Ends a group and every membership in it; for owners and administrators. Its name is not given away again. */
  async end(caller: Caller, name: string): Answer<true> {
    const ended = await this.#end(caller, name, (actor) => mayNot(caller, actor));
    if (ended instanceof Refusal) return ended;
    await this.run({ kind: "group_end", group: name });
    return true;
  }

  /** Removes what is left of a group that ended. The job does this after a crash. */
  async run({ group: name }: GroupJob): Promise<void> {
    const { store, bell, textRules } = this.#needs;
    while (true) {
      const removed = await store.removeSome(name);
      if (removed.length === 0) return;
      for (const member of removed) {
        const { userId } = member;
        bell.consentChanged(userId);
        if (!isShown(await textRules(userId), member)) continue;
        bell.notify(userId, "group.changed", { name, title: name, role: null, accepted: false });
      }
    }
  }

  /** BR-7: titles of the groups that this person alone owns. */
  async ownedAlone(userId: string): Promise<string[]> {
    const { store } = this.#needs;
    const owned = (await store.recordsOf(userId)).filter(isOwner);
    const groups = await store.groups(owned.map(({ group }) => group));
    const titles: string[] = [];
    for (const member of owned) {
      const group = groups.get(member.group);
      if (group !== undefined && await lastOwner(store, member) !== null) titles.push(group.title);
    }
    return titles;
  }

  /** Ends a group that nobody is left to own. */
  async endForsaken(caller: Caller, name: string): Promise<void> {
    const ended = await this.#end(caller, name, () => null);
    if (!(ended instanceof Refusal)) await this.run({ kind: "group_end", group: name });
  }

  async #end(
    caller: Caller,
    name: string,
    refuse: (actor: MemberRecord | null) => Refusal | null,
  ): Answer<GroupRecord> {
    const endedAt = this.#needs.clock.now();
    const ended = await this.#needs.store.changeGroup(name, caller.userId, (group, actor) => {
      const refused = refuse(actor);
      if (refused !== null) return Promise.resolve(refused);
      const detail = { title: group.title, members: group.accepted };
      const auditEntry = auditEntryOf(caller, "group.end", `group:${name}`, detail);
      return Promise.resolve({ group: { ...group, accepted: 0, entries: 0, endedAt }, auditEntry });
    });
    return ended ?? noGroup();
  }

  #tellOwner({ userId }: Caller, { name, title }: GroupRecord): void {
    this.#needs.bell.consentChanged(userId);
    this.#needs.bell.notify(userId, "group.changed", { name, title, role: "owner", accepted: true });
  }

  /** AU-1: titles and short names that speak for the server are for administrators too. */
  #reserved(names: { name?: string; title: string }): Refusal | null {
    for (const [field, text] of Object.entries(names)) {
      if (isReserved(text)) {
        return new Refusal("invalid_params", "name.reserved", { fields: { [field]: "field.reserved" } });
      }
    }
    return null;
  }

  async #tooMany(caller: Caller): Promise<Refusal | null> {
    const records = await this.#needs.store.recordsOf(caller.userId);
    if (records.filter(isOwner).length >= limits.groupsOwned) {
      return new Refusal("queue_full", say("group.ownLimit", { count: limits.groupsOwned }));
    }
    return records.length < limits.groupsPerPerson
      ? null
      : new Refusal("queue_full", say("group.inLimit", { count: limits.groupsPerPerson }));
  }
}

/** Who may change a group itself: administrators and its owners. For everyone else there is none. */
function mayNot(caller: Caller, actor: MemberRecord | null): Refusal | null {
  return caller.role === "admin" || isOwner(actor) ? null : noGroup();
}

function noGroup(): Refusal {
  return new Refusal("not_found", "group.unknown");
}
