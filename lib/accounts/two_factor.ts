import type { Caller } from "../platform/mod.ts";
import {
  type Answer,
  limits,
  type PasskeyAdded,
  type PasskeyCreated,
  type PasskeyOptions,
  type PasskeyUsed,
  type ProofAnswer,
  type ProofShown,
  type RecoveryCodeList,
  Refusal,
  type TotpBegun,
  type TwoFactorPolicy,
  type TwoFactorState,
} from "../protocol/mod.ts";
import type { LoggedIn } from "./accounts.ts";
import { FreshProofs } from "./fresh_proofs.ts";
import { PasskeyLogins } from "./passkey_logins.ts";
import { passkeyOf, Passkeys, type Place } from "./passkeys.ts";
import { newRecoveryCodes } from "./recovery_codes.ts";
import type { Origin } from "./session_renewals.ts";
import type { Staying } from "./sessions.ts";
import { newTotpSecret, totpStep, totpUri } from "./totp.ts";
import { TwoFactorAdmin } from "./two_factor_admin.ts";
import type { TwoFactorNeeds } from "./two_factor_needs.ts";
import { hasFactor, type TwoFactorRecord } from "./two_factor_ports.ts";

/** Second factors (AU-7): authenticator app, recovery codes, passkeys, and the policy by role. */
export class TwoFactor {
  readonly #needs: TwoFactorNeeds;
  readonly #passkeys: Passkeys;
  readonly #logins: PasskeyLogins;
  readonly #proofs: FreshProofs;
  readonly #admin: TwoFactorAdmin;

  constructor(needs: TwoFactorNeeds) {
    this.#needs = needs;
    this.#passkeys = new Passkeys(needs);
    this.#logins = new PasskeyLogins(needs);
    this.#proofs = new FreshProofs(needs, this.#logins);
    this.#admin = new TwoFactorAdmin(needs);
  }

  async state(caller: Caller): Promise<TwoFactorState> {
    const [record, policy] = await Promise.all([
      this.#needs.store.of(caller.userId),
      this.#needs.store.policy(),
    ]);
    return {
      totp: record.totp !== null,
      recoveryCodes: record.recovery.length,
      passkeys: record.passkeys.map(passkeyOf),
      required: policy.has(caller.role),
    };
  }

  /** Returns a new secret. It counts once the person enters a code from it. */
  async beginTotp(caller: Caller, { password }: { password: string }): Answer<TotpBegun> {
    const user = await this.#needs.proof.password(caller, password, "password");
    if (user instanceof Refusal) return user;
    const secret = newTotpSecret(this.#needs.random);
    const createdAt = this.#needs.clock.now();
    const changed = await this.#needs.store.change(user.id, (record) =>
      Promise.resolve(
        record.totp === null ? { record: { ...record, pending: { secret, createdAt } } } : appIsSet(),
      ));
    return changed instanceof Refusal ? changed : { secret, uri: await totpUri(user.username, secret) };
  }

  /** Turns the app on. The recovery codes in the answer replace all earlier ones. */
  async confirmTotp(caller: Caller, { code }: { code: string }): Answer<RecoveryCodeList> {
    const { proof, store, clock, random } = this.#needs;
    const { codes, hashes } = await newRecoveryCodes(random);
    // Attempts count, so that a stolen session cannot guess its way to recovery codes.
    return await proof.tried(caller, async (attempt) => {
      const changed = await store.change(caller.userId, async (record) => {
        if (record.totp !== null) return appIsSet();
        const now = clock.now();
        const { pending } = record;
        if (pending === null || now >= pending.createdAt + limits.totpPendingMs) return notBegun();
        const lastStep = await totpStep(code, { secret: pending.secret, lastStep: null }, now);
        if (lastStep === null) return wrongCode();
        const totp = { secret: pending.secret, enabledAt: now, lastStep };
        return { record: { ...record, totp, pending: null, recovery: hashes } };
      });
      if (changed instanceof Refusal) {
        if (changed.kind === "conflict") await attempt.withdrawn();
        return changed;
      }
      this.#log("two_factor.app_added", caller);
      return { recoveryCodes: codes };
    });
  }

  async removeTotp(caller: Caller, body: { password: string; code: string }): Answer<true> {
    const user = await this.#needs.proof.both(caller, body);
    if (user instanceof Refusal) return user;
    const required = (await this.#needs.store.policy()).has(user.role);
    const changed = await this.#needs.store.change(user.id, (record) => {
      if (record.totp === null) {
        return Promise.resolve(new Refusal("not_found", "factor.noApp"));
      }
      return Promise.resolve(without(record, { ...record, totp: null }, required));
    });
    if (changed instanceof Refusal) return changed;
    this.#log("two_factor.app_removed", caller);
    return true;
  }

  async newRecoveryCodes(caller: Caller, { password }: { password: string }): Answer<RecoveryCodeList> {
    const user = await this.#needs.proof.password(caller, password, "password");
    if (user instanceof Refusal) return user;
    const { codes, hashes } = await newRecoveryCodes(this.#needs.random);
    const changed = await this.#needs.store.change(user.id, (record) =>
      Promise.resolve(
        hasFactor(record)
          ? { record: { ...record, recovery: hashes } }
          : new Refusal("conflict", "factor.first"),
      ));
    if (changed instanceof Refusal) return changed;
    this.#log("two_factor.recovery_codes", caller);
    return { recoveryCodes: codes };
  }

  passkeyOptions(
    caller: Caller,
    place: Place,
    body: { password?: string | undefined },
  ): Answer<PasskeyOptions> {
    return this.#passkeys.options(caller, place, body.password);
  }

  addPasskey(caller: Caller, body: { name: string; response: PasskeyCreated }): Answer<PasskeyAdded> {
    return this.#passkeys.add(caller, body);
  }

  async removePasskey(caller: Caller, credentialId: string, body: { password: string }): Answer<true> {
    const user = await this.#needs.proof.password(caller, body.password, "password");
    if (user instanceof Refusal) return user;
    const required = (await this.#needs.store.policy()).has(user.role);
    const changed = await this.#needs.store.change(user.id, (record) => {
      const passkeys = record.passkeys.filter(({ id }) => id !== credentialId);
      if (passkeys.length === record.passkeys.length) {
        return Promise.resolve(new Refusal("not_found", "passkey.missing"));
      }
      return Promise.resolve(without(record, { ...record, passkeys }, required));
    });
    if (changed instanceof Refusal) return changed;
    this.#log("two_factor.passkey_removed", caller);
    return true;
  }

  loginOptions(origin: Origin, place: Place): Answer<PasskeyOptions> {
    return this.#logins.options(origin, place);
  }

  /** A passkey is both factors: the device itself, and the device's check of its holder. */
  login(origin: Origin, body: { response: PasskeyUsed } & Staying, deviceToken?: string): Answer<LoggedIn> {
    return this.#logins.login(origin, body, deviceToken);
  }

  /** AU-13: shows who the caller is, for the dangerous calls of the next ten minutes. */
  prove(caller: Caller, shown: ProofShown): Answer<ProofAnswer> {
    return this.#proofs.prove(caller, shown);
  }

  proveOptions(caller: Caller, place: Place): Answer<PasskeyOptions> {
    return this.#proofs.options(caller, place);
  }

  policy(caller: Caller): Answer<TwoFactorPolicy> {
    return this.#admin.policy(caller);
  }

  setPolicy(caller: Caller, policy: TwoFactorPolicy): Answer<TwoFactorPolicy> {
    return this.#admin.setPolicy(caller, policy);
  }

  /** Removes a person's second factors and ends their sessions, for a person who lost them all. */
  reset(caller: Caller, username: string, body: { reason: string }): Answer<true> {
    return this.#admin.reset(caller, username, body.reason);
  }

  /** Closes the sockets of people who lack a required factor, after a change of roles. */
  closeRestricted(userIds: readonly string[]): Promise<void> {
    return this.#admin.closeRestricted(userIds);
  }

  #log(event: string, { requestId, userId, address }: Caller): void {
    this.#needs.log.info(event, { requestId, userId, address });
  }
}

/** Returns the record after the removal of a factor. The recovery codes go with the last factor. */
function without(
  before: TwoFactorRecord,
  after: TwoFactorRecord,
  required: boolean,
): { record: TwoFactorRecord } | Refusal {
  if (hasFactor(after)) return { record: after };
  if (required && hasFactor(before)) {
    return new Refusal(
      "conflict",
      "factor.last",
    );
  }
  return { record: { ...after, recovery: [] } };
}

function appIsSet(): Refusal {
  return new Refusal("conflict", "factor.hasApp");
}

function notBegun(): Refusal {
  return new Refusal("conflict", "factor.again");
}

function wrongCode(): Refusal {
  return new Refusal("invalid_params", "code.app", {
    fields: { code: "field.appCode" },
  });
}
