import { Refusal, type TwoFactorPolicy, type TwoFactorState } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { told } from "./told.ts";

/** What the pages about an account set up and look at. */
export interface FakeAccountWorld {
  /** By username; who has no entry has no second factor. */
  twoFactor: Map<string, TwoFactorState>;
  policy: TwoFactorPolicy;
}

type Refuse = (method: string, params: unknown) => Refusal | undefined;

export const fakeRecoveryCodes: readonly string[] = ["AAAAA-BBBBB-CCCCC", "DDDDD-EEEEE-FFFFF"];
export const fakeCode = "123456";

export function emptyAccountWorld(): FakeAccountWorld {
  return { twoFactor: new Map(), policy: { roles: [] } };
}

/** Second factors and the end of accounts in memory, with one code that is right. A test may have any call refused by its name. */
export function fakeAccountServices(
  world: FakeAccountWorld,
  refusal: Refuse,
): Pick<Services, "twoFactor" | "accountData"> {
  const stateOf = (username: string): TwoFactorState =>
    world.twoFactor.get(username) ?? { totp: false, recoveryCodes: 0, passkeys: [], required: false };
  const asked = <T>(method: string, params: unknown, answer: () => T): Promise<T | Refusal> =>
    Promise.resolve(refusal(method, params) ?? answer());
  const recoveryCodes = [...fakeRecoveryCodes];
  const wrong = () =>
    new Refusal("invalid_params", told("The code is wrong."), { fields: { code: told("is wrong") } });
  const options = () => ({ challenge: "AAAA" });
  return {
    twoFactor: {
      state: (caller) => Promise.resolve(stateOf(caller.username)),
      beginTotp: (_caller, body) =>
        asked("totp.begin", body, () => ({ secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Behest:ann" })),
      confirmTotp: (caller, body) =>
        asked("totp.confirm", body, () => {
          if (body.code !== fakeCode) return wrong();
          const state = stateOf(caller.username);
          world.twoFactor.set(caller.username, { ...state, totp: true, recoveryCodes: recoveryCodes.length });
          return { recoveryCodes };
        }),
      removeTotp: (caller, body) =>
        asked("totp.remove", body, () => {
          world.twoFactor.set(caller.username, { ...stateOf(caller.username), totp: false });
          return true as const;
        }),
      newRecoveryCodes: (_caller, body) => asked("recovery-codes", body, () => ({ recoveryCodes })),
      passkeyOptions: (_caller, _place, body) => asked("passkey.options", body, options),
      addPasskey: (caller, { name, response: { id } }) =>
        asked("passkey.add", { name }, () => {
          const passkey = { id, name, createdAt: "2026-01-01T00:00:00.000Z", lastUsedAt: null };
          const state = stateOf(caller.username);
          world.twoFactor.set(caller.username, { ...state, passkeys: [...state.passkeys, passkey] });
          return { passkey, recoveryCodes };
        }),
      removePasskey: (caller, id, body) =>
        asked("passkey.remove", body, () => {
          const state = stateOf(caller.username);
          const passkeys = state.passkeys.filter((one) => one.id !== id);
          world.twoFactor.set(caller.username, { ...state, passkeys });
          return true as const;
        }),
      loginOptions: () => asked("passkey.login-options", {}, options),
      login: () =>
        asked(
          "passkey.login",
          {},
          () => new Refusal("unauthorized", told("This passkey opens nothing here.")),
        ),
      policy: () => Promise.resolve(world.policy),
      setPolicy: (_caller, policy) => asked("two-factor.policy", policy, () => world.policy = policy),
      reset: (_caller, username, body) =>
        asked("two-factor.reset", { username, ...body }, () => {
          world.twoFactor.delete(username);
          return true as const;
        }),
    },
    accountData: {
      export: (caller) =>
        asked("account.export", {}, () => ({
          name: `behest-${caller.username}.zip`,
          archive: new Blob(["PK"]).stream(),
        })),
      remove: (_caller, body) => asked("account.remove", body, () => true as const),
    },
  };
}
