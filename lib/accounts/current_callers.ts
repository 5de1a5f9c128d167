import type { Bell, Caller } from "../platform/mod.ts";
import { limits, rightsInForce } from "../protocol/mod.ts";

type Standing = Pick<Caller, "displayName" | "role" | "rights">;

/**
 * Keeps role and right changes since the start of this process. A socket's caller is read when it opens; this class applies
 * later changes, so a withdrawn role ends with the socket's next request.
 */
export class CurrentCallers {
  readonly #bell: Pick<Bell, "isOnline">;
  readonly #changed = new Map<string, Standing>();

  constructor(bell: Pick<Bell, "isOnline">) {
    this.#bell = bell;
  }

  note(userId: string, { displayName, role, rights }: Standing): void {
    const standing = { displayName, role, rights: rightsInForce({ role, rights }) };
    this.#changed.set(userId, standing);
    if (this.#changed.size <= limits.callersChanged) return;
    // A person without a connection is read again at their next login.
    for (const other of this.#changed.keys()) {
      if (!this.#bell.isOnline(other) && other !== userId) this.#changed.delete(other);
    }
  }

  /** Returns the caller with the account's current role and rights. */
  now(caller: Caller): Caller {
    const standing = this.#changed.get(caller.userId);
    if (standing === undefined) return caller;
    // AU-11: a token has no role.
    return { ...caller, ...standing, role: caller.scopes === undefined ? standing.role : "member" };
  }
}
