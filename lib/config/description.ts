import type { Config } from "./config.ts";
import { kvName } from "./postgres_url.ts";
import { intervalText } from "./values.ts";
import { type Variable, type VariableName, variables } from "./variables.ts";

/** The configuration in force, one line for each variable, secrets masked. */
export function describeConfig(config: Config): string {
  return configLines(config).map(({ name, value }) => `${name}=${value}`).join("\n");
}

/** The same as a list. `set`: it differs from the default. */
export function configLines(config: Config): { name: string; value: string; set: boolean }[] {
  const shown: Record<VariableName, string> = {
    BEHEST_MODE: config.mode,
    BEHEST_HOST: config.host,
    BEHEST_PORT: String(config.port),
    BEHEST_BASE_PATH: config.basePath,
    BEHEST_TLS_CERT: config.tls?.cert ?? "",
    BEHEST_TLS_KEY: config.tls?.key ?? "",
    BEHEST_ORIGINS: config.origins.join(","),
    BEHEST_DATA_DIR: config.dataDir,
    BEHEST_KV: kvName(config.kv),
    BEHEST_HEARTBEAT_MS: String(config.heartbeatMs),
    BEHEST_RETENTION_DAYS: String(config.retentionDays),
    BEHEST_RATE_REQUESTS: String(config.rateRequests),
    BEHEST_RATE_SENDS: String(config.rateSends),
    BEHEST_REGISTRATION: config.registration,
    BEHEST_GROUPS: config.groups,
    BEHEST_ADMIN_USERNAME: config.admin?.username ?? "",
    BEHEST_ADMIN_PASSWORD: config.admin?.password ?? "",
    BEHEST_LOG_LEVEL: config.logLevel,
    BEHEST_LOG_MAX_BYTES: String(config.logMaxBytes),
    BEHEST_TRUST_PROXY: config.trustProxy.text,
    BEHEST_UPLOAD_MAX_BYTES: String(config.uploadMaxBytes),
    BEHEST_QUOTA_BYTES: String(config.quotaBytes),
    BEHEST_CLAMD: `${config.clamd.host}:${config.clamd.port}`,
    BEHEST_CSAM: config.csam?.service ?? "",
    BEHEST_CSAM_URL: config.csam?.url ?? "",
    BEHEST_CSAM_USER: config.csam?.user ?? "",
    BEHEST_CSAM_SECRET: config.csam?.secret ?? "",
    BEHEST_CSAM_BANKS: [...config.csam?.banks ?? []].map((bank) => bank.join(":")).join(","),
    BEHEST_CSAM_HASHES: config.csamHashes ?? "",
    BEHEST_INCOMPLETE: config.incomplete,
    BEHEST_SCAN_CONCURRENCY: String(config.scanConcurrency),
    BEHEST_EVIDENCE_DAYS: String(config.evidenceDays),
    BEHEST_EVIDENCE_KEY: config.evidenceKey,
    BEHEST_BACKUP_DIR: config.backup.dir ?? "",
    BEHEST_BACKUP_EVERY: intervalText(config.backup.everyMs),
    BEHEST_BACKUP_KEEP: String(config.backup.keep),
    BEHEST_BACKUP_TO: config.backup.to ?? "",
    BEHEST_PUSH: config.push ?? "off",
    BEHEST_PUSH_HOSTS: config.pushHosts.join(","),
    BEHEST_WEBHOOK_HOSTS: config.webhookHosts.join(","),
    BEHEST_OPERATOR_WEBHOOK: config.operatorWebhook?.url ?? "",
    BEHEST_OPERATOR_WEBHOOK_SECRET: config.operatorWebhook?.secret ?? "",
    BEHEST_METRICS_TOKEN: config.metricsToken ?? "",
    BEHEST_OIDC_ISSUER: config.oidc?.issuer ?? "",
    BEHEST_OIDC_CLIENT_ID: config.oidc?.clientId ?? "",
    BEHEST_OIDC_CLIENT_SECRET: config.oidc?.clientSecret ?? "",
    BEHEST_OIDC_HOSTS: config.oidc?.hosts.join(",") ?? "",
    BEHEST_CYBERTIP_URL: config.cybertip.url,
    BEHEST_CYBERTIP_USER: config.cybertip.user ?? "",
    BEHEST_CYBERTIP_PASSWORD: config.cybertip.password ?? "",
  };
  return Object.entries(shown).map(([name, text]) => {
    const variable: Variable<unknown> = variables[name as VariableName];
    const value = variable.secret === true && text !== "" ? "***" : text;
    return { name, value, set: text !== (variable.default ?? "") };
  });
}
