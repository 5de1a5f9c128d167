/**
 * Keeps everything in a store of keys (Deno KV or PostgreSQL): a store for each room, group commit, jobs with leases, migrations.
 * Never opens the database twice, and never returns a record whose `expiresAt` has passed.
 * Start with `port.ts` (what a store is) and `keys.ts` (every key), then `store.ts` (opening) and `committer.ts` (writing).
 */
export { exportParts } from "./account_export.ts";
export { KvInvites } from "./invites_store.ts";
export { KvRemoval } from "./account_removal.ts";
export { removalParts } from "./account_removal_parts.ts";
export { KvAccessTokens } from "./access_tokens_store.ts";
export { KvAccounts } from "./accounts_store.ts";
export { KvAudit } from "./audit_log.ts";
export { CaseRemoval } from "./case_removal.ts";
export { KvCases } from "./cases_store.ts";
export { kvCategoryStore } from "./categories_store.ts";
export { kvChatStore } from "./chat_store.ts";
export { kvCommandStore } from "./commands_store.ts";
export { kvConsentStore } from "./consent_store.ts";
export { KvContacts } from "./contacts_store.ts";
export { KvCounts } from "./counts_store.ts";
export { kvDecisionStore } from "./decisions_store.ts";
export { attachable, kvCommandFiles } from "./file_uses.ts";
export { kvFileStore } from "./files_store.ts";
export { KvGroups } from "./groups_store.ts";
export { kvHealth } from "./health.ts";
export { KvIncidents } from "./incidents_store.ts";
export { JobRunner } from "./jobs.ts";
export { KvLoginLinks } from "./login_links_store.ts";
export { layout as storeLayout } from "./migrate.ts";
export { ownProcess } from "./own_process.ts";
export { kvMisuses } from "./misuses_store.ts";
export { KvProfiles } from "./profiles_store.ts";
export { kvFederation } from "./federation_store.ts";
export { kvNoticesStore } from "./notices_store.ts";
export { kvPushStore } from "./push_store.ts";
export { KvReasons } from "./reasons_store.ts";
export { kvOperatorStore } from "./operator_store.ts";
export { kvRollups } from "./rollups_store.ts";
export { kvScanStore } from "./scan_store.ts";
export { kvStats } from "./stats.ts";
export type {
  KvAtomic,
  KvCheck,
  KvEntry,
  KvEntryMaybe,
  KvKey,
  KvListOptions,
  KvPort,
  KvSelector,
} from "./port.ts";
export {
  openExistingStore,
  openRaw,
  openStore,
  type RawStore,
  type Store,
  type StorePlace,
} from "./store.ts";
export { KvTwoFactor } from "./two_factor_store.ts";
export { KvUsers } from "./users_store.ts";
export { kvWebhookJobs } from "./webhook_jobs.ts";
export { tryUpgrade, type Upgrade } from "./upgrade.ts";
