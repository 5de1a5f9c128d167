import { Refusal } from "../protocol/mod.ts";
import type { Caller } from "../platform/mod.ts";
import type { Services } from "../web/mod.ts";

/**
 * AU-13: dangerous calls. Pages, REST and the socket all make them through these services, and each needs a proof of who the
 * caller is that is at most ten minutes old: a login, `POST /api/v1/auth/proof`, or a password in an earlier call. Not in the
 * table are calls that make something safer, like ending a session, and those of `ownProof`.
 */
export const freshProof = {
  accounts: ["revokeOthers"],
  accountData: ["export"],
  twoFactor: ["addPasskey", "confirmTotp", "reset", "setPolicy"],
  users: ["change", "lift", "sanction"],
  adminFiles: ["decide"],
  queue: ["decide", "undo"],
  sanctionReasons: ["set"],
  incidents: ["close", "draft", "submit"],
  invites: ["setPolicy"],
} as const satisfies Calls;

/** Dangerous calls that ask for the password, or password and code, each time; the service itself checks them. */
export const ownProof = {
  accounts: ["changePassword"],
  accountData: ["remove"],
  twoFactor: ["beginTotp", "newRecoveryCodes", "passkeyOptions", "removePasskey", "removeTotp"],
} as const satisfies Calls;

type Calls = { readonly [S in keyof Services]?: readonly (keyof Services[S] & string)[] };

/** The same services, with the calls of the table behind a fresh proof. `missing`: the refusal of a caller without one. */
export function withFreshProof<S extends Partial<Services>>(
  services: S,
  missing: (caller: Caller) => Promise<Refusal | null>,
): S {
  const guarded = Object.entries(services).map(([name, service]) => {
    const calls = Object.hasOwn(freshProof, name) ? freshProof[name as keyof typeof freshProof] : [];
    return [name, calls.length === 0 ? service : behind(service as object, calls, missing)];
  });
  return Object.fromEntries(guarded) as S;
}

/** A service whose named methods ask first. Their first argument is the caller. */
function behind<S extends object>(
  service: S,
  calls: readonly string[],
  missing: (caller: Caller) => Promise<Refusal | null>,
): S {
  return new Proxy(service, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      if (!calls.includes(String(name))) return method.bind(target);
      return async (caller: Caller, ...rest: unknown[]) =>
        await missing(caller) ?? await method.call(target, caller, ...rest);
    },
  });
}
