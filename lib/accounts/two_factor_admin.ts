import { auditEntryOf, type Caller, hasRole } from "../platform/mod.ts";
import { type Answer, nothingHere, Refusal, type Role, role, type TwoFactorPolicy } from "../protocol/mod.ts";
import type { TwoFactorNeeds } from "./two_factor_needs.ts";
import { noFactors } from "./two_factor_ports.ts";

/** Administrators' decisions on second factors (AU-7): the roles that require one, and resets for a person. */
export class TwoFactorAdmin {
  readonly #needs: TwoFactorNeeds;

  constructor(needs: TwoFactorNeeds) {
    this.#needs = needs;
  }

  async policy(caller: Caller): Answer<TwoFactorPolicy> {
    if (!hasRole(caller, "admin")) return nothingHere();
    return inOrder(await this.#needs.store.policy());
  }

  /** Closes the sockets of connected people without a required factor now. Others are restricted at their next request. */
  async setPolicy(caller: Caller, policy: TwoFactorPolicy): Answer<TwoFactorPolicy> {
    if (!hasRole(caller, "admin")) return nothingHere();
    const { store, bell } = this.#needs;
    const before = inOrder(await store.policy());
    const next = inOrder(new Set(policy.roles));
    if (before.roles.join() === next.roles.join()) return next;
    const detail = { roles: next.roles.join(" "), wasRoles: before.roles.join(" ") };
    await store.setPolicy(next.roles, auditEntryOf(caller, "two_factor.require", null, detail));
    await this.closeRestricted(bell.online());
    return next;
  }

  async reset(caller: Caller, username: string, reason: string): Answer<true> {
    if (!hasRole(caller, "admin")) return nothingHere();
    const { accounts, store, endSessions } = this.#needs;
    const user = await accounts.userNamed(username);
    if (user === null) return new Refusal("not_found", "person.unknown");
    if (user.id === caller.userId) {
      return new Refusal("conflict", "factor.own");
    }
    const auditEntry = auditEntryOf(caller, "user.two_factor_reset", user.username, {}, reason);
    const changed = await store.change(user.id, () => Promise.resolve({ record: noFactors, auditEntry }));
    if (changed instanceof Refusal) return changed;
    // The lost device may have an open session.
    await endSessions(user.id);
    return true;
  }

  async closeRestricted(userIds: readonly string[]): Promise<void> {
    const { accounts, proof, bell } = this.#needs;
    for (const user of (await accounts.users(userIds)).values()) {
      if (await proof.secondFactor.isMissing(user)) bell.closeUser(user.id, "sessionOver");
    }
  }
}

function inOrder(roles: ReadonlySet<Role>): TwoFactorPolicy {
  return { roles: role.options.filter((one) => roles.has(one)) };
}
