import type { Bell, Clock, Log, Random } from "../platform/mod.ts";
import type { LoggedIn } from "./accounts.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import type { Proof } from "./proof.ts";
import type { Origin } from "./sessions.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

/** What the parts of two-factor share. */
export interface TwoFactorNeeds {
  store: TwoFactorStore;
  accounts: Pick<AccountsStore, "user" | "userNamed" | "users">;
  counts: CountStore;
  proof: Proof;
  bell: Pick<Bell, "online" | "closeUser">;
  clock: Clock;
  random: Random;
  log: Log;
  /** A session for somebody who showed a passkey; null when the account may not enter. */
  begin(user: UserRecord, origin: Origin): Promise<LoggedIn | null>;
  endSessions(userId: string): Promise<void>;
}
