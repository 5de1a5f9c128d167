import { Refusal } from "../protocol/mod.ts";
import type { GroupsStore, MemberRecord } from "./group_ports.ts";

/** Whether a membership is an owner's that was accepted. */
export function isOwner(member: MemberRecord | null | undefined): member is MemberRecord {
  return member?.role === "owner" && member.since !== null;
}

/** BR-7: the refusal for a change that would leave the group without an owner; null while it has another one. */
export async function lastOwner(
  store: Pick<GroupsStore, "recordsIn">,
  member: MemberRecord,
): Promise<Refusal | null> {
  if (!isOwner(member)) return null;
  const records = await store.recordsIn(member.group);
  const others = records.filter((record) => isOwner(record) && record.userId !== member.userId);
  return others.length > 0 ? null : new Refusal("conflict", "group.lastOwner");
}

/** Who becomes the owner when the last one's account ends: a sender before a member, and who has been in the group longest. */
export function nextOwner(records: readonly MemberRecord[], leaverId: string): MemberRecord | null {
  const accepted = records.filter(({ userId, since }) => userId !== leaverId && since !== null);
  const rank = ({ role }: MemberRecord) => role === "member" ? 1 : 0;
  return accepted.toSorted((a, b) => rank(a) - rank(b) || a.since! - b.since!)[0] ?? null;
}
