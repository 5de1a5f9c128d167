import type { RenewalRecord, SessionRecord } from "./ports.ts";
import { limits } from "../protocol/mod.ts";

/**
 * AU-13: the rules for credentials that renew a session. Docs: `docs/adr/0007-renewing-a-session.md`.
 *
 * A credential that is used gets a successor and stays valid until the device shows that it has the successor: by using it, or by
 * using the token that came with it. So a lost answer costs nothing. From then on the old one and all its other successors are
 * spent, and a spent one proves that two parties had it.
 */
export type Use =
  /** The credential works and gets a successor: `renewal` has it. */
  | { is: "replaced"; renewal: RenewalRecord }
  /** The credential works and is so young that answers with it may still be on their way: it stays. */
  | { is: "kept"; renewal: RenewalRecord }
  /** The credential was replaced before: the session ends. */
  | { is: "spent" };

/** What a use of the credential with the hash `used` does. `successor`: the hash of the credential to give out. */
export function useOf(
  renewal: RenewalRecord,
  used: string,
  successor: string,
  now: number,
): Use {
  const tokenEndsAt = tokenEnd(now);
  const given = { hash: successor, at: now };
  if (used === renewal.current) {
    // One more successor: the answer with an earlier one may have been lost.
    const isFull = renewal.next.length >= limits.renewalsOpen;
    // More tabs at once than there is room for: each of them gets a token, and the browser has a successor from another.
    if (isFull && isSettling(renewal.next[0]!.at, now)) {
      return { is: "kept", renewal: { ...renewal, tokenEndsAt } };
    }
    const next = [...renewal.next.slice(isFull ? 1 : 0), given];
    return { is: "replaced", renewal: { ...renewal, next, tokenEndsAt } };
  }
  const known = renewal.next.find(({ hash }) => hash === used);
  if (known === undefined) return { is: "spent" };
  if (isSettling(known.at, now)) return { is: "kept", renewal: { ...renewal, tokenEndsAt } };
  return { is: "replaced", renewal: { current: used, next: [given], tokenEndsAt } };
}

/** The record once the device used the token that came with the credential `shown`; null when that changes nothing. */
export function confirmed(renewal: RenewalRecord, shown: string, now: number): RenewalRecord | null {
  const known = renewal.next.find(({ hash }) => hash === shown);
  if (known === undefined || isSettling(known.at, now)) return null;
  return { ...renewal, current: shown, next: [] };
}

/**
 * AU-13: the session that takes the place of one that asked to be alone. It has one credential, which the device gets with its
 * token. A device that does not stay gets no more time than it had. `shown`: its person just showed who they are.
 */
export function successorOf(
  session: SessionRecord,
  id: string,
  credential: string,
  now: number,
  shown: boolean,
): SessionRecord {
  const successor = { ...session, id, lastSeenAt: now, ...(shown ? { provenAt: now } : {}) };
  if (session.renewal === undefined) return successor;
  const expiresAt = renewalEnd(session.createdAt, now);
  const tokenEndsAt = Math.min(tokenEnd(now), expiresAt);
  return { ...successor, expiresAt, renewal: { current: credential, next: [], tokenEndsAt } };
}

/** End of a token that is given out now: whole seconds, like its `exp`, so that answer and token name the same time. */
export function tokenEnd(now: number): number {
  return Math.floor((now + limits.sessionMs) / 1000) * 1000;
}

/** When a session that is used now ends if it is not used again; at the latest a year after its login. */
export function renewalEnd(createdAt: number, now: number): number {
  return Math.min(now + limits.renewMs, createdAt + limits.sessionMaxMs);
}

/** A clock that was set back settles too. */
function isSettling(at: number, now: number): boolean {
  return Math.abs(now - at) < limits.renewSettleMs;
}
