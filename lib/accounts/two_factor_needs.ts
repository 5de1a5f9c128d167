import type { Bell, Clock, Log, Random } from "../platform/mod.ts";
import type { LoggedIn } from "./accounts.ts";
import type { KnownDevices } from "./known_devices.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import type { Proof } from "./proof.ts";
import type { Origin } from "./session_renewals.ts";
import type { Staying } from "./sessions.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

/** Everything that the two-factor classes need from outside. */
export interface TwoFactorNeeds {
  store: TwoFactorStore;
  accounts: Pick<AccountsStore, "user" | "userNamed" | "users">;
  counts: CountStore;
  proof: Proof;
  devices: KnownDevices;
  bell: Pick<Bell, "online" | "closeUser">;
  clock: Clock;
  random: Random;
  log: Log;
  /** Begins a session after a passkey login; null when the account may not log in. */
  begin(user: UserRecord, origin: Origin, wanted: Staying): Promise<LoggedIn | null>;
  endSessions(userId: string): Promise<void>;
}
