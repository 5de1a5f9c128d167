import { type AuditEntry, auditEntryOf, type Caller, iso } from "../platform/mod.ts";
import type { AdminGroup, GroupRole } from "../protocol/mod.ts";
import type { GroupRecord, GroupsStore, MemberRecord } from "./group_ports.ts";
import type { People } from "./people.ts";
import type { TextRules } from "./text_rules.ts";

/** Groups with their members, as owners and administrators see them. */
export async function wholeGroups(
  { store, people }: { store: Pick<GroupsStore, "recordsIn">; people: People },
  groups: readonly GroupRecord[],
): Promise<AdminGroup[]> {
  return await Promise.all(groups.map(async ({ name, title, createdAt }) => {
    const records = await store.recordsIn(name);
    const persons = await people.byIds(records.map(({ userId }) => userId));
    const members = records.flatMap(({ userId, role, since }) => {
      const person = persons.get(userId);
      if (person === undefined) return [];
      const { username, displayName } = person;
      return [{ username, displayName, role, since: since === null ? null : iso(since) }];
    });
    members.sort((a, b) => a.username < b.username ? -1 : 1);
    return { name, title, createdAt: iso(createdAt), members };
  }));
}

/** CO-11: whether the person sees a membership or an invitation now. Unlike a membership, an invitation has to arrive first. */
export function isShown(rules: TextRules, { since, withheld, invitedBy = "" }: MemberRecord): boolean {
  return since !== null || (withheld !== true && rules.approach(invitedBy) === "arrive");
}

/** A group's title as a member sees it: only its name, which nobody can change, if their rules hide the text of who set it. */
export function titleFor(
  rules: TextRules,
  { name, title, titledBy = "" }: Pick<GroupRecord, "name" | "title" | "titledBy">,
): string {
  return rules.hidesText(titledBy) ? name : title;
}

/** The audit entry of a change of a membership. */
export function memberEntry(
  caller: Caller,
  action: string,
  name: string,
  username: string,
  member: MemberRecord,
  change?: { role: GroupRole },
): AuditEntry {
  const detail = change === undefined
    ? { username, role: member.role }
    : { username, role: change.role, wasRole: member.role };
  return auditEntryOf(caller, action, `group:${name}`, detail);
}
