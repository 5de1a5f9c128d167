import { parseEnv } from "node:util";
import { oldProxyValue, type TrustedProxies } from "./trusted_proxies.ts";
import { type PostgresUrl, withoutPassword } from "./postgres_url.ts";
import { nameWarning } from "./unknown_names.ts";
import { isLoopback, Wrong } from "./values.ts";
import { laterVariables, type Variable, type VariableName, variables } from "./variables.ts";

/** Checked configuration (OP-1, OP-2). */
export interface Config {
  mode: "evaluation" | "production";
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The path below which all of the server stands, like `/behest`; "" for the root of its host (OP-10). */
  basePath: string;
  /** Files of a certificate; null: plain http. */
  tls: { cert: string; key: string } | null;
  /** Origins that may use cookies on the socket and send forms, beside the server's own. */
  origins: readonly string[];
  dataDir: string;
  /** A path, `:memory:`, a KV Connect URL, or a PostgreSQL database. */
  kv: string | PostgresUrl;
  heartbeatMs: number;
  retentionDays: number;
  /** Requests a second per connection, sends a minute per user; 0 is no limit (WS-9). */
  rateRequests: number;
  rateSends: number;
  registration: "open" | "invite" | "closed";
  /** Who creates groups, besides administrators (BR-7). */
  groups: "admins" | "members";
  admin: { username: string; password: string } | null;
  logLevel: "debug" | "info" | "warn" | "error";
  /** Of all the log's files together. */
  logMaxBytes: number;
  /** Proxies whose word on addresses, scheme and host is believed (OP-10). */
  trustProxy: TrustedProxies;
  uploadMaxBytes: number;
  quotaBytes: number;
  clamd: { host: string; port: number };
  /** Null: no service; `url` null: the service's own address. */
  csam: {
    service: "arachnid" | "hma" | "photodna";
    url: string | null;
    user: string | null;
    secret: string | null;
    /** Meaning of the service's lists, by name (SC-9). */
    banks: ReadonlyMap<string, "csam" | "ncii" | "other">;
  } | null;
  /** File of SHA-256 lines, evaluation mode only. */
  csamHashes: string | null;
  /** SC-2: what becomes of what could not be looked through. */
  incomplete: "hold" | "reject";
  scanConcurrency: number;
  evidenceDays: number;
  /** Path of the key file. */
  evidenceKey: string;
  /** OP-6: where the server puts backups of itself; null: nowhere. `everyMs` null: only when somebody asks. */
  backup: { dir: string | null; everyMs: number | null; keep: number; to: string | null };
  /** UI-7: whom push services may ask about this server; null: notifications are off. */
  push: string | null;
  /** UI-12: origins of push services besides those of the browsers. */
  pushHosts: readonly string[];
  /** AU-11: origins that webhooks may be sent to. */
  webhookHosts: readonly string[];
  /** Whom the server tells what needs an operator; `secret`: base64. */
  operatorWebhook: { url: string; secret: string } | null;
  /** Who has it may read `/metrics` from elsewhere (OP-4); null when nobody may. */
  metricsToken: string | null;
  /** AU-12; null: passwords and passkeys only. */
  oidc: {
    issuer: string;
    clientId: string;
    clientSecret: string | null;
    /** Hosts of the issuer beside its own, perhaps with a port. */
    hosts: readonly string[];
  } | null;
  cybertip: { url: string; user: string | null; password: string | null };
}

/** Whether the store is a file that a backup can copy. */
export function isFileStore(kv: Config["kv"]): kv is string {
  return typeof kv === "string" && kv !== ":memory:" && !/^https?:/.test(kv);
}

/** OP-3: the log's file; its directory is made by who opens it. */
export function logFileOf({ dataDir }: Pick<Config, "dataDir">): string {
  return `${dataDir}/logs/behest.log`;
}

/** Texts by variable name: the environment, or the lines of `.env`. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot be used; `line` names variable, problem and example, in one line. */
export class ConfigProblem {
  readonly line: string;
  constructor(line: string) {
    this.line = line;
  }
}

export interface ReadConfig {
  config: Config;
  /** One line each, about names that mean nothing (yet) and values of older versions. */
  warnings: string[];
}

/** Checks the environment over `.env`. Variables set to nothing count as not set. */
export function readConfig(environment: Texts, dotEnv: Texts = {}): ReadConfig | ConfigProblem {
  const texts: Record<string, string | undefined> = {};
  for (const source of [dotEnv, environment]) {
    for (const [name, text] of Object.entries(source)) {
      if (name.startsWith("BEHEST_") && text !== undefined && text !== "") texts[name] = text;
    }
  }
  const problems: string[] = [];
  const take = <N extends VariableName>(name: N) => {
    const value = parseOne(name, texts[name]);
    if (value instanceof ConfigProblem) problems.push(value.line);
    return value as Value<N> | null;
  };
  const username = take("BEHEST_ADMIN_USERNAME");
  const password = take("BEHEST_ADMIN_PASSWORD");
  const dataDir = take("BEHEST_DATA_DIR")!;
  const inDataDir = (name: string) => `${String(dataDir).replace(/\/+$/, "")}/${name}`;
  const service = take("BEHEST_CSAM");
  // Checked also where no service is named that would use them.
  const access = {
    url: take("BEHEST_CSAM_URL"),
    user: take("BEHEST_CSAM_USER"),
    secret: take("BEHEST_CSAM_SECRET"),
    banks: take("BEHEST_CSAM_BANKS") ?? new Map(),
  };
  const oidc = {
    issuer: take("BEHEST_OIDC_ISSUER"),
    clientId: take("BEHEST_OIDC_CLIENT_ID"),
    clientSecret: take("BEHEST_OIDC_CLIENT_SECRET"),
    hosts: take("BEHEST_OIDC_HOSTS")!,
  };
  const operator = {
    url: take("BEHEST_OPERATOR_WEBHOOK"),
    secret: take("BEHEST_OPERATOR_WEBHOOK_SECRET"),
  };
  const tls = { cert: take("BEHEST_TLS_CERT"), key: take("BEHEST_TLS_KEY") };
  const config: Config = {
    mode: take("BEHEST_MODE")!,
    host: take("BEHEST_HOST")!,
    port: take("BEHEST_PORT")!,
    basePath: take("BEHEST_BASE_PATH")!,
    tls: tls.cert === null || tls.key === null ? null : { cert: tls.cert, key: tls.key },
    origins: take("BEHEST_ORIGINS")!,
    dataDir,
    kv: take("BEHEST_KV") ?? inDataDir("kv.sqlite3"),
    heartbeatMs: take("BEHEST_HEARTBEAT_MS")!,
    retentionDays: take("BEHEST_RETENTION_DAYS")!,
    rateRequests: take("BEHEST_RATE_REQUESTS")!,
    rateSends: take("BEHEST_RATE_SENDS")!,
    registration: take("BEHEST_REGISTRATION")!,
    groups: take("BEHEST_GROUPS")!,
    admin: username === null || password === null ? null : { username, password },
    logLevel: take("BEHEST_LOG_LEVEL")!,
    logMaxBytes: take("BEHEST_LOG_MAX_BYTES")!,
    trustProxy: take("BEHEST_TRUST_PROXY")!,
    uploadMaxBytes: take("BEHEST_UPLOAD_MAX_BYTES")!,
    quotaBytes: take("BEHEST_QUOTA_BYTES")!,
    clamd: take("BEHEST_CLAMD")!,
    csam: service === null ? null : { service, ...access },
    csamHashes: take("BEHEST_CSAM_HASHES"),
    incomplete: take("BEHEST_INCOMPLETE")!,
    scanConcurrency: take("BEHEST_SCAN_CONCURRENCY")!,
    evidenceDays: take("BEHEST_EVIDENCE_DAYS")!,
    evidenceKey: take("BEHEST_EVIDENCE_KEY") ?? inDataDir("evidence.key"),
    backup: {
      dir: take("BEHEST_BACKUP_DIR"),
      everyMs: take("BEHEST_BACKUP_EVERY"),
      keep: take("BEHEST_BACKUP_KEEP")!,
      to: take("BEHEST_BACKUP_TO"),
    },
    push: take("BEHEST_PUSH"),
    pushHosts: take("BEHEST_PUSH_HOSTS")!,
    webhookHosts: take("BEHEST_WEBHOOK_HOSTS")!,
    operatorWebhook: operator.url === null || operator.secret === null
      ? null
      : { url: operator.url, secret: operator.secret },
    metricsToken: take("BEHEST_METRICS_TOKEN"),
    oidc: oidc.issuer === null || oidc.clientId === null
      ? null
      : { ...oidc, issuer: oidc.issuer, clientId: oidc.clientId },
    cybertip: {
      url: take("BEHEST_CYBERTIP_URL")!,
      user: take("BEHEST_CYBERTIP_USER"),
      password: take("BEHEST_CYBERTIP_PASSWORD"),
    },
  };
  const first = problems[0] ?? togetherProblem(config, username, password) ?? oidcProblem(oidc) ??
    bothOrNone(tls.cert, tls.key, ["BEHEST_TLS_CERT", "BEHEST_TLS_KEY"]) ??
    bothOrNone(operator.url, operator.secret, ["BEHEST_OPERATOR_WEBHOOK", "BEHEST_OPERATOR_WEBHOOK_SECRET"]);
  if (first !== undefined) return new ConfigProblem(first);
  const warnings = [
    ...Object.keys(texts).map(nameWarning),
    oldProxyValue(texts.BEHEST_TRUST_PROXY),
    noBank(config.csam),
  ];
  return { config, warnings: warnings.filter((line) => line !== undefined) };
}

/** Reads the process's environment and `.env` of the working directory, and checks them. */
export function loadConfig(): ReadConfig | ConfigProblem {
  let dotEnv: Texts = {};
  try {
    dotEnv = parseEnv(Deno.readTextFileSync(".env")) as Texts;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      return new ConfigProblem(`.env: cannot be read (${error instanceof Error ? error.name : "unknown"})`);
    }
  }
  return readConfig(environmentTexts(), dotEnv);
}

/** The server may read only variables that it knows by name; what starts it sees all and warns of strangers. */
function environmentTexts(): Texts {
  if (Deno.permissions.querySync({ name: "env" }).state === "granted") return Deno.env.toObject();
  const names = [...Object.keys(variables), ...laterVariables];
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

type Value<N extends VariableName> = Exclude<ReturnType<(typeof variables)[N]["parse"]>, Wrong>;

function parseOne(name: VariableName, text: string | undefined): unknown {
  const variable: Variable<unknown> = variables[name];
  const given = text ?? variable.default;
  if (given === null) return null;
  const value = variable.parse(given);
  if (!(value instanceof Wrong)) return value;
  const shown = variable.secret === true ? "" : `${JSON.stringify(withoutPassword(given))} `;
  return new ConfigProblem(`${name}: ${shown}${value.problem}; for example ${name}=${variable.example}`);
}

/** What is wrong only beside another variable. */
function togetherProblem(
  config: Config,
  username: string | null,
  password: string | null,
): string | undefined {
  if (config.mode === "evaluation" && !isLoopback(config.host)) {
    return `BEHEST_HOST: "${config.host}" can be reached from outside, and evaluation mode listens on this ` +
      "computer only; for example BEHEST_HOST=127.0.0.1, or BEHEST_MODE=production";
  }
  if (config.backup.dir !== null && !isFileStore(config.kv)) {
    return "BEHEST_BACKUP_DIR: is set, but the store of BEHEST_KV is no file: back that database up by its own means, " +
      "and take BEHEST_BACKUP_DIR out";
  }
  const csam = csamProblem(config.csam);
  if (csam !== undefined) return csam;
  if ((username === null) === (password === null)) return undefined;
  const [missing, set] = username === null
    ? ["BEHEST_ADMIN_USERNAME", "BEHEST_ADMIN_PASSWORD"] as const
    : ["BEHEST_ADMIN_PASSWORD", "BEHEST_ADMIN_USERNAME"] as const;
  return `${missing}: is not set but ${set} is; for example ${missing}=${variables[missing].example}`;
}

/** Half of a pair means nothing. */
function bothOrNone(
  one: unknown,
  other: unknown,
  names: readonly [VariableName, VariableName],
): string | undefined {
  if ((one === null) === (other === null)) return undefined;
  const [missing, set] = one === null ? names : names.toReversed() as [VariableName, VariableName];
  return `${missing}: is not set but ${set} is; for example ${missing}=${variables[missing].example}`;
}

/** Half a login with an issuer would look like none (AU-12). */
function oidcProblem(
  { issuer, clientId }: { issuer: string | null; clientId: string | null },
): string | undefined {
  if ((issuer === null) === (clientId === null)) return undefined;
  const [missing, set] = issuer === null
    ? ["BEHEST_OIDC_ISSUER", "BEHEST_OIDC_CLIENT_ID"] as const
    : ["BEHEST_OIDC_CLIENT_ID", "BEHEST_OIDC_ISSUER"] as const;
  return `${missing}: is not set but ${set} is; for example ${missing}=${variables[missing].example}`;
}

/** SC-9: without a bank of abuse material, a matcher with banks of any kind never makes an incident. */
function noBank(csam: Config["csam"]): string | undefined {
  if (csam?.service !== "hma" || [...csam.banks.values()].includes("csam")) return undefined;
  return "BEHEST_CSAM_BANKS names no bank with the meaning csam: every hit is held for a moderator, none opens an incident";
}

/** What a matching service needs beside its name. */
function csamProblem(csam: Config["csam"]): string | undefined {
  if (csam === null) return undefined;
  const lacks = (name: VariableName) =>
    `${name}: is not set, and BEHEST_CSAM=${csam.service} needs it; for example ${name}=${
      variables[name].example
    }`;
  switch (csam.service) {
    case "arachnid":
      if (csam.user === null) return lacks("BEHEST_CSAM_USER");
      return csam.secret === null ? lacks("BEHEST_CSAM_SECRET") : undefined;
    case "hma":
      return csam.url === null ? lacks("BEHEST_CSAM_URL") : undefined;
    case "photodna":
      return csam.secret === null ? lacks("BEHEST_CSAM_SECRET") : undefined;
    default:
      return csam.service satisfies never;
  }
}
