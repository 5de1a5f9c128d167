import type { Accounts, SessionTokens } from "../../lib/accounts/mod.ts";
import { type accountsRig, goodPassword, must } from "./accounts_rig.ts";

type Rig = Awaited<ReturnType<typeof accountsRig>>;

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** A device that stays logged in: it keeps what the answers gave it. */
export class Device {
  readonly #rig: Rig;
  accounts: Accounts;
  token = "";
  credential = "";

  constructor(rig: Rig) {
    this.#rig = rig;
    this.accounts = rig.accounts;
  }

  async logIn(username = "alice"): Promise<this> {
    const login = must(
      await this.accounts.login({ ...this.#rig.origin, userAgent: firefox }, {
        username,
        password: goodPassword,
        stay: true,
        timeZone: "Europe/Berlin",
      }),
    );
    this.token = login.token;
    this.credential = login.renewal!.credential;
    return this;
  }

  renewal(credential = this.credential) {
    return this.accounts.renew(credential, this.#rig.origin);
  }

  /** Renews, and keeps what came back. */
  async renew(): Promise<this> {
    const renewed = must(await this.renewal());
    this.token = renewed.token;
    this.credential = renewed.renewal?.credential ?? this.credential;
    return this;
  }

  /** Keeps the tokens of a session that took the place of its own. */
  keep(tokens: SessionTokens): void {
    this.token = tokens.token;
    this.credential = tokens.renewal!.credential;
  }

  request() {
    return this.accounts.authenticate(this.token, this.#rig.origin);
  }

  async caller() {
    return must(await this.request());
  }
}

/** Somebody with what the device has now. */
export function thiefOf(rig: Rig, device: Device): Device {
  return Object.assign(new Device(rig), { token: device.token, credential: device.credential });
}

export async function aliceOn(rig: Rig): Promise<Device> {
  await rig.person("alice");
  return await new Device(rig).logIn();
}
