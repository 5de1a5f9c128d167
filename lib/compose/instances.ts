import type { CurrentCallers } from "../accounts/mod.ts";
import type { KvAccounts, Store } from "../adapters/kv/mod.ts";
import type { HeardElsewhere } from "../cluster/mod.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Consent } from "../consent/mod.ts";

export interface HearingParts {
  store: Store;
  accountsStore: KvAccounts;
  callers: CurrentCallers;
  consent: Consent;
  commands: Pick<CommandRoom, "safety">;
}

/** What this process does when another one on the same store tells it something (OP-7). */
export function othersHeard(
  { store, accountsStore, callers, consent, commands }: HearingParts,
): HeardElsewhere {
  const settled = () => store.committer.settled();
  return {
    stop: (userId, goOn) => commands.safety.heard(userId, goOn, settled),
    rules: (userId) => consent.forget(userId),
    async account(userId) {
      const user = await accountsStore.user(userId);
      if (user !== null) callers.note(userId, user);
    },
    settled,
  };
}
