import { type Bell, type Clock, iso } from "../platform/mod.ts";
import { type AdminUser, neverEnds, rightsInForce, type Sanction } from "../protocol/mod.ts";
import type { Mutes } from "./mutes.ts";
import type { AccountRecord, Restriction, SanctionRecord } from "./ports.ts";
import { inForce } from "./restrictions.ts";

export interface UserViewNeeds {
  mutes: Pick<Mutes, "mutesOf">;
  limited: Pick<Mutes, "mutesOf">;
  bell: Pick<Bell, "isOnline">;
  clock: Clock;
}

/** Accounts as administrators and moderators see them. */
export async function shownUsers(
  { mutes, limited, bell, clock }: UserViewNeeds,
  accounts: readonly AccountRecord[],
): Promise<AdminUser[]> {
  const ids = accounts.map(({ id }) => id);
  const [muted, limits] = await Promise.all([
    mutes.mutesOf(ids),
    limited.mutesOf(ids),
  ]);
  return accounts.map((account) => {
    const { id, username, displayName, role, rights, createdAt } = account;
    return {
      id,
      username,
      displayName,
      role,
      rights: rightsInForce({ role, rights }),
      status: isSuspended(account, clock.now()) ? "suspended" : "active",
      mutedUntil: endOf(muted.get(id)),
      limitedUntil: endOf(limits.get(id)),
      createdAt: iso(createdAt),
      online: bell.isOnline(id),
    };
  });
}

export function isSuspended({ suspension }: AccountRecord, now: number): boolean {
  return inForce(suspension, now) !== null;
}

/** `inForce`: it applies now. */
export function sanctionOf(
  { id, kind, reason, until, createdAt, by, lifted, readAt, appeal }: SanctionRecord,
  inForce: boolean,
): Sanction {
  return {
    id,
    kind,
    reason,
    until: until === null ? null : iso(until),
    createdAt: iso(createdAt),
    by,
    ...(inForce ? {} : { over: true }),
    ...(lifted === undefined ? {} : { lifted: { ...lifted, at: iso(lifted.at) } }),
    ...(readAt === undefined ? {} : { readAt: iso(readAt) }),
    ...(appeal === undefined ? {} : { appeal: appeal.state }),
  };
}

function endOf(mute: Restriction | undefined): string | null {
  if (mute === undefined) return null;
  return mute.until === null ? neverEnds : iso(mute.until);
}
