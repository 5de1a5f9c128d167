import type { Caller, OwedNotice } from "../platform/mod.ts";
import { type GroupChanged, limits, type NewNotice } from "../protocol/mod.ts";
import type { GroupLifeNeeds } from "./group_life.ts";
import type { GroupRecord, MemberRecord, MembershipPlace } from "./group_ports.ts";
import { isShown, titleFor } from "./group_views.ts";

type Needs = Pick<GroupLifeNeeds, "store" | "bell" | "notices" | "textRules">;

/** Tells a person of a change of their membership, as far as their rules let it through (CO-11). */
export async function tellMember(
  { store, bell, textRules }: Omit<Needs, "notices">,
  caller: Caller,
  userId: string,
  { group, before, after }: { group: GroupRecord; before: MemberRecord | null; after: MemberRecord | null },
  told: GroupChanged,
): Promise<void> {
  bell.consentChanged(userId);
  // The member who left shares this group with nobody now: waiting deliveries are decided again.
  if (before !== null && before.since !== null && after === null) {
    for (const otherId of (await store.membersOf(told.name)).keys()) bell.consentChanged(otherId);
  }
  if (userId === caller.userId) return bell.notify(userId, "group.changed", told);
  const rules = await textRules(userId);
  const member = after ?? before;
  if (member !== null && !isShown(rules, member)) return;
  bell.notify(userId, "group.changed", { ...told, title: titleFor(rules, group) });
}

/** The notice that an invitation leaves with its person, as far as their rules let it through (CO-11). */
export async function invitationOwed(
  { notices, textRules }: Pick<Needs, "notices" | "textRules">,
  caller: Caller,
  { group, member: before }: MembershipPlace,
  after: MemberRecord | null,
): Promise<OwedNotice<NewNotice>[]> {
  if (before !== null || after === null || after.since !== null) return [];
  const { userId } = after;
  if (userId === caller.userId) return [];
  const rules = await textRules(userId);
  if (!isShown(rules, after)) return [];
  return [notices.owe(userId, { kind: "group_invited", group: group.name, title: titleFor(rules, group) })];
}

/**
 * Whether the person never gets the caller's invitation: they block the caller, or have too many. A refusal would tell several
 * owners together which of their invitations arrived (CO-10).
 */
export async function neverArrives(
  { store, textRules }: Needs,
  caller: Caller,
  userId: string,
): Promise<boolean> {
  const [rules, records] = await Promise.all([textRules(userId), store.recordsOf(userId)]);
  return rules.approach(caller.username) === "withhold" || records.length >= limits.groupsPerPerson;
}

/** Sends the person's devices the invitations that a stop held, now that it has ended. */
export async function invitationsAfterStop(
  { store, bell, notices, textRules }: Needs,
  userId: string,
  sinceMs: number,
): Promise<void> {
  const held = (await store.recordsOf(userId)).filter(({ since, invitedAt }) =>
    since === null && invitedAt >= sinceMs
  );
  if (held.length === 0) return;
  const [rules, groups] = await Promise.all([
    textRules(userId),
    store.groups(held.map(({ group }) => group)),
  ]);
  for (const member of held) {
    const group = groups.get(member.group);
    if (group === undefined || !isShown(rules, member)) continue;
    const { name } = group;
    const title = titleFor(rules, group);
    bell.notify(userId, "group.changed", { name, title, role: member.role, accepted: false });
    await notices.add(userId, { kind: "group_invited", group: name, title });
  }
}
