import { generate } from "otplib";
import { TwoFactor } from "../../lib/accounts/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import type { PasskeyUsed } from "../../lib/protocol/mod.ts";
import { accountsRig, goodPassword, must, origin } from "./accounts_rig.ts";
import { Authenticator, type Forgery } from "./authenticator.ts";

export const place = { rpId: "localhost", origin: "http://localhost:8000" };
export const password = goodPassword;

/** Second factors over the accounts of `accountsRig`, an app and security keys in software. */
export async function twoFactorRig() {
  const rig = await accountsRig();
  const { accounts, accountsStore, bell, clock, log, needs, twoFactorStore } = rig;
  const twoFactor = new TwoFactor({
    store: twoFactorStore,
    accounts: accountsStore,
    counts: needs.counts,
    proof: accounts.proof,
    devices: accounts.devices,
    bell,
    clock,
    random: needs.random,
    log,
    begin: (user, from) => accounts.begin(user, from),
    endSessions: (userId) => accounts.endSessions(userId),
  });
  const codeOf = (secret: string, offsetSeconds = 0) =>
    generate({ secret, epoch: Math.floor(clock.now() / 1000) + offsetSeconds });
  return {
    ...rig,
    twoFactor,
    /** What the app shows, now or some seconds from now. */
    codeOf,
    /** Sets up an app, and moves to the next code. */
    async app(caller: Caller): Promise<{ secret: string; recoveryCodes: string[] }> {
      const { secret } = must(await twoFactor.beginTotp(caller, { password }));
      const { recoveryCodes } = must(
        await twoFactor.confirmTotp(caller, { code: await codeOf(secret) }),
      );
      clock.advance(30_000);
      return { secret, recoveryCodes };
    },
    /** Registers a passkey. */
    async passkey(
      caller: Caller,
      name = "Laptop",
    ): Promise<{ key: Authenticator; recoveryCodes: string[] | null }> {
      const key = await Authenticator.make();
      const { challenge } = must(await twoFactor.passkeyOptions(caller, place, { password }));
      const response = await key.create(challenge, place.origin);
      const { recoveryCodes } = must(await twoFactor.addPasskey(caller, { name, response }));
      return { key, recoveryCodes };
    },
    /** What a key answers to a login, right or forged. */
    async answerOf(key: Authenticator, forged: Forgery = {}): Promise<PasskeyUsed> {
      const { challenge } = must(await twoFactor.loginOptions(origin(), place));
      return await key.get(challenge, place.origin, forged);
    },
    login: (username: string, code?: string) =>
      accounts.login(origin(), { username, password, ...(code === undefined ? {} : { code }) }),
  };
}
