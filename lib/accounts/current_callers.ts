import type { Bell, Caller } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";

type Standing = Pick<Caller, "displayName" | "role" | "rights">;

/**
 * A socket's caller is read when it opens, and an account may change while it is open. What changed since this process
 * began is kept here, so that a role that was taken away is gone with the next request of that socket.
 */
export class CurrentCallers {
  readonly #bell: Pick<Bell, "isOnline">;
  readonly #changed = new Map<string, Standing>();

  constructor(bell: Pick<Bell, "isOnline">) {
    this.#bell = bell;
  }

  note(userId: string, { displayName, role, rights }: Standing): void {
    // BR-2: administrators may broadcast without a grant.
    const standing = { displayName, role, rights: { broadcast: role === "admin" || rights.broadcast } };
    this.#changed.set(userId, standing);
    if (this.#changed.size <= limits.callersChanged) return;
    // Who is not connected is read anew with the next login.
    for (const other of this.#changed.keys()) {
      if (!this.#bell.isOnline(other) && other !== userId) this.#changed.delete(other);
    }
  }

  /** The caller as the account is now. */
  now(caller: Caller): Caller {
    const standing = this.#changed.get(caller.userId);
    return standing === undefined ? caller : { ...caller, ...standing };
  }
}
