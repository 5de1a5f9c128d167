import { type Clock, type Random, randomText } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";
import type { Tokens } from "./tokens.ts";

export interface KnownDevicesNeeds {
  store: Pick<AccountsStore, "user">;
  tokens: Tokens;
  clock: Clock;
  random: Random;
}

/** A device that logged in before, and whose it was. */
export interface KnownDevice {
  readonly id: string;
  readonly username: string;
}

const idBytes = 16;

/**
 * AU-4: browsers and clients that logged in before. Each keeps a signed token, and its failures count for itself: strangers
 * who try the same name cannot lock it out. The token opens nothing and ends with the password.
 */
export class KnownDevices {
  readonly #needs: KnownDevicesNeeds;

  constructor(needs: KnownDevicesNeeds) {
    this.#needs = needs;
  }

  /** Returns a new token after a login or a new password. `known`: the device, if it had one. */
  async issue(userId: string, known: KnownDevice | null): Promise<string> {
    const { tokens, clock, random } = this.#needs;
    const issuedAt = clock.now();
    const deviceId = known?.id ?? randomText(random, idBytes);
    return await tokens.issueForDevice({ userId, deviceId, issuedAt }, issuedAt + limits.deviceTokenMs);
  }

  /** Returns the device of a token. Null without a good one: for everyone who has none, all tokens look the same. */
  async of(token: string | undefined): Promise<KnownDevice | null> {
    const claims = token === undefined ? null : await this.#needs.tokens.readFromDevice(token);
    if (claims === null) return null;
    const user = await this.#needs.store.user(claims.userId);
    return user === null || claims.issuedAt < changedAt(user)
      ? null
      : { id: claims.deviceId, username: user.username };
  }
}

function changedAt({ passwordChangedAt }: UserRecord): number {
  return passwordChangedAt ?? 0;
}
