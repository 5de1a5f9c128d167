import type { ReasonStore } from "../../moderation/mod.ts";
import type { AuditEntry } from "../../platform/mod.ts";
import type { AutoRule, SanctionReason } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Reasons of sanctions and automatic rules, which administrators write (MO-7). */
export class KvReasons implements ReasonStore {
  readonly #store: Store;
  readonly #audit: Pick<KvAudit, "commit">;

  constructor(store: Store, audit: Pick<KvAudit, "commit">) {
    this.#store = store;
    this.#audit = audit;
  }

  async reasons(): Promise<SanctionReason[] | null> {
    return (await this.#store.kv.get<SanctionReason[]>(keys.sanctionReasons())).value;
  }

  async rules(): Promise<AutoRule[]> {
    return (await this.#store.kv.get<AutoRule[]>(keys.autoRules())).value ?? [];
  }

  async setRules(rules: readonly AutoRule[], auditEntry: AuditEntry): Promise<void> {
    await this.#audit.commit({ sets: [{ key: keys.autoRules(), value: rules }] }, auditEntry);
  }

  async setReasons(reasons: readonly SanctionReason[], auditEntry: AuditEntry): Promise<void> {
    await this.#audit.commit({ sets: [{ key: keys.sanctionReasons(), value: reasons }] }, auditEntry);
  }
}
