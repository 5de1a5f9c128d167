import { limits, passwordBody, username } from "../protocol/mod.ts";
import { parseBasePath } from "./base_path.ts";
import { parsePostgres, type PostgresUrl } from "./postgres_url.ts";
import { TrustedProxies } from "./trusted_proxies.ts";
import {
  oneOf,
  parseBanks,
  parseHostPort,
  parseHosts,
  parseInterval,
  parseIssuer,
  parseKv,
  parseOrigins,
  parsePath,
  parsePush,
  parsePushHosts,
  parseServiceUrl,
  parseWebhookAddress,
  parseWebhookHosts,
  whole,
  Wrong,
} from "./values.ts";

/** One variable of the environment: what it means, how its text becomes a value, and what to show of it. */
export interface Variable<T> {
  about: string;
  /** What stands when the variable is not set; null leaves it out. */
  default: string | null;
  /** How the default is told where it depends on others. */
  defaultText?: string;
  example: string;
  secret?: true;
  parse(text: string): T | Wrong;
}

/** Takes the place of a store. */
export function parseStore(text: string): string | PostgresUrl | Wrong {
  return /^postgres/i.test(text) ? parsePostgres(text) : parseKv(text);
}

/** Every variable that this version reads (OP-1, OP-2). */
export const variables = {
  BEHEST_MODE: {
    about: "`evaluation` (this computer only, with two demo people) or `production`",
    default: "evaluation",
    example: "production",
    parse: oneOf("evaluation", "production"),
  },
  BEHEST_HOST: {
    about: "Address to listen on; evaluation mode takes loopback addresses only",
    default: "127.0.0.1",
    example: "0.0.0.0",
    parse: (text) =>
      /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text) || /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text)
        ? text
        : new Wrong("is not a host name or an IP address (without brackets or a port)"),
  },
  BEHEST_PORT: {
    about: "Port to listen on; 0 takes any free one",
    default: "8000",
    example: "8000",
    parse: whole(0, 65_535),
  },
  BEHEST_BASE_PATH: {
    about: "The path below which the server answers, when it does not have a host of its own",
    default: "",
    defaultText: "none: the root of the host",
    example: "/behest",
    parse: parseBasePath,
  },
  BEHEST_TLS_CERT: {
    about: "File of a certificate in PEM, with those that signed it: the server then speaks https itself",
    default: null,
    defaultText: "none: plain http, for a proxy in front",
    example: "/etc/ssl/behest.pem",
    parse: parsePath,
  },
  BEHEST_TLS_KEY: {
    about: "File of the certificate's private key in PEM; both are set or none",
    default: null,
    example: "/etc/ssl/behest.key",
    parse: parsePath,
  },
  BEHEST_ORIGINS: {
    about: "Origins beside the server's own that may send forms and use cookies, separated by commas",
    default: "",
    example: "https://behest.example.org,https://app.example.org",
    parse: parseOrigins,
  },
  BEHEST_DATA_DIR: {
    about: "Directory of everything that is kept: store, files, logs, key",
    default: "./data",
    example: "/var/lib/behest",
    parse: parsePath,
  },
  BEHEST_KV: {
    about: "The store: a file, a PostgreSQL database, or the `http(s)://` address of a KV Connect server",
    default: null,
    defaultText: "`kv.sqlite3` in the data directory",
    example: "postgres://behest:password@db.example.org/behest",
    parse: parseStore,
  },
  BEHEST_HEARTBEAT_MS: {
    about: "Time between two heartbeats of a socket, in milliseconds",
    default: "20000",
    example: "20000",
    parse: whole(50, 600_000),
  },
  BEHEST_RETENTION_DAYS: {
    about: "How long a command waits for its recipient and stays in the history, in days",
    default: "14",
    example: "14",
    parse: whole(1, 365),
  },
  BEHEST_RATE_REQUESTS: {
    about: "Requests a second of one connection; 0 is no limit",
    default: "20",
    example: "20",
    parse: whole(0, 1_000_000),
  },
  BEHEST_RATE_SENDS: {
    about: "Commands a minute of one person; 0 is no limit",
    default: "30",
    example: "30",
    parse: whole(0, 1_000_000),
  },
  BEHEST_REGISTRATION: {
    about: "Who may make an account: `open`, `invite` or `closed`",
    default: "open",
    example: "closed",
    parse: oneOf("open", "invite", "closed"),
  },
  BEHEST_GROUPS: {
    about: "Who creates groups: `admins` only, or all `members`, who then own what they created",
    default: "admins",
    example: "members",
    parse: oneOf("admins", "members"),
  },
  BEHEST_ADMIN_USERNAME: {
    about: "The first administrator, made at the first start; without it a setup link is printed",
    default: null,
    example: "ada",
    parse: (text) =>
      username.safeParse(text).data ??
        new Wrong("must be 3 to 32 of a-z, 0-9, _ and -, beginning with a letter or digit"),
  },
  BEHEST_ADMIN_PASSWORD: {
    about: "The first administrator's password; both are set or none",
    default: null,
    example: "a-sentence-that-only-you-know",
    secret: true,
    parse: (text) =>
      passwordBody.shape.next.safeParse(text).data ??
        new Wrong(`must be ${limits.passwordMin} to ${limits.passwordMax} characters`),
  },
  BEHEST_LOG_LEVEL: {
    about: "The least important lines that are logged: `debug`, `info`, `warn` or `error`",
    default: "info",
    example: "debug",
    parse: oneOf("debug", "info", "warn", "error"),
  },
  BEHEST_LOG_MAX_BYTES: {
    about: "What the log's files take together at most, in bytes; the oldest file goes first",
    default: String(256 * 1024 ** 2),
    example: "1073741824",
    parse: whole(20 * 1024 ** 2, 100 * 1024 ** 3),
  },
  BEHEST_TRUST_PROXY: {
    about:
      "Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: how many are in a row, or a list of their networks",
    default: "0",
    example: "1",
    parse: TrustedProxies.parse,
  },
  BEHEST_UPLOAD_MAX_BYTES: {
    about: "Largest file, in bytes",
    default: String(2 * 1024 ** 3),
    example: "2147483648",
    parse: whole(1, 1024 ** 4),
  },
  BEHEST_QUOTA_BYTES: {
    about: "What the files of one person may hold together, in bytes",
    default: String(5 * 1024 ** 3),
    example: "5368709120",
    parse: whole(1, 1024 ** 5),
  },
  BEHEST_CLAMD: {
    about: "`host:port` of clamd. It has no authentication: loopback or a private network only",
    default: "127.0.0.1:3310",
    example: "127.0.0.1:3310",
    parse: parseHostPort,
  },
  BEHEST_CSAM: {
    about: "The matching service for known abuse material: `arachnid`, `hma` or `photodna`",
    default: null,
    defaultText: "none: evaluation mode matches against `BEHEST_CSAM_HASHES`, production holds every file",
    example: "arachnid",
    parse: oneOf("arachnid", "hma", "photodna"),
  },
  BEHEST_CSAM_URL: {
    about: "Address of the matching service",
    default: null,
    defaultText: "the service's own; `hma` has none and needs it",
    example: "http://127.0.0.1:5000",
    parse: parseServiceUrl,
  },
  BEHEST_CSAM_USER: {
    about: "User name for `arachnid`",
    default: null,
    example: "example-platform",
    parse: (text) => text,
  },
  BEHEST_CSAM_SECRET: {
    about: "Password for `arachnid`, subscription key for `photodna`",
    default: null,
    example: "what-the-service-gave-you",
    secret: true,
    parse: (text) => text,
  },
  BEHEST_CSAM_BANKS: {
    about:
      "Meaning of each list of the matching service: `csam` opens an incident, `ncii` (intimate images) rejects, `other` holds for a moderator",
    default: null,
    defaultText:
      "none: hits in banks of `hma` and in `harmful-abusive-material` of `arachnid` are held, `csam` of `arachnid` and `photodna` open an incident",
    example: "BANK_A:csam,BANK_B:ncii,BANK_C:other",
    parse: parseBanks,
  },
  BEHEST_CSAM_HASHES: {
    about:
      "File of SHA-256 lines that evaluation mode takes for known material, for trying what a match does",
    default: null,
    example: "./known_hashes.txt",
    parse: parsePath,
  },
  BEHEST_INCOMPLETE: {
    about:
      "What becomes of a file that could not be looked through, like an encrypted archive: `hold` or `reject`",
    default: "hold",
    example: "reject",
    parse: oneOf("hold", "reject"),
  },
  BEHEST_SCAN_CONCURRENCY: {
    about: "Files that are scanned at once; not more than clamd's MaxThreads",
    default: "2",
    example: "4",
    parse: whole(1, 64),
  },
  BEHEST_EVIDENCE_DAYS: {
    about: "How long a match and what belongs to it are preserved, in days",
    default: "365",
    example: "365",
    parse: whole(1, 3650),
  },
  BEHEST_EVIDENCE_KEY: {
    about: "File of the key that evidence is encrypted with; keep it outside of the data directory's backup",
    default: null,
    defaultText: "`evidence.key` in the data directory",
    example: "/etc/behest/evidence.key",
    parse: parsePath,
  },
  BEHEST_BACKUP_DIR: {
    about:
      "Directory that the running server writes backups of itself to; without it only `deno task backup` does",
    default: null,
    example: "/var/backups/behest",
    parse: parsePath,
  },
  BEHEST_BACKUP_EVERY: {
    about:
      "Time between two backups, like `6h` or `7d`; `off`: only when an administrator asks at `/admin/system`",
    default: "1d",
    example: "6h",
    parse: parseInterval,
  },
  BEHEST_BACKUP_KEEP: {
    about: "Backups that are kept in that directory; the oldest goes after a new one is complete",
    default: "7",
    example: "14",
    parse: whole(1, 1_000),
  },
  BEHEST_BACKUP_TO: {
    about: "Public key of age that backups are encrypted for, so that this machine cannot read them",
    default: null,
    defaultText: "none: backups are not encrypted",
    example: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    parse: (text) =>
      /^age1[02-9ac-hj-np-z]{58}$/.test(text)
        ? text
        : new Wrong("is no public key of age, which begins with age1"),
  },
  BEHEST_PUSH: {
    about:
      "Notifications to browsers: `off`, or whom their push services may ask about this server, a `mailto:` or `https://` address",
    default: "off",
    example: "mailto:admin@example.org",
    parse: parsePush,
  },
  BEHEST_PUSH_HOSTS: {
    about:
      "Push services besides those of the browsers, for UnifiedPush: hosts separated by commas, `http://host:port` for one without TLS. They may be on your own network",
    default: "",
    example: "ntfy.example.org,http://push.lan:8080",
    parse: parsePushHosts,
  },
  BEHEST_WEBHOOK_HOSTS: {
    about:
      "Hosts that access tokens' webhooks may be sent to, separated by commas. They may be on your own network; https only, but for `http://127.0.0.1:port` and the like on this computer",
    default: "",
    example: "ci.example.org,home.lan:8443,http://127.0.0.1:9000",
    parse: parseWebhookHosts,
  },
  BEHEST_OPERATOR_WEBHOOK: {
    about:
      "Address that is told what needs an operator, like a scanner that is away or a backup that failed, and when it is over; https only, but for `http://127.0.0.1:port` and the like on this computer",
    default: null,
    example: "https://alerts.example.org/behest",
    secret: true,
    parse: parseWebhookAddress,
  },
  BEHEST_OPERATOR_WEBHOOK_SECRET: {
    about: "Key that those messages are signed with by Standard Webhooks; both are set or none",
    default: null,
    example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    secret: true,
    parse: (text) =>
      /^whsec_(?:[A-Za-z0-9+/]{4}){8,22}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
        ? text.slice("whsec_".length)
        : new Wrong("must be whsec_ and 24 to 64 bytes in base64"),
  },
  BEHEST_METRICS_TOKEN: {
    about: "Bearer token that may read `/metrics` from other machines; without it only this machine may",
    default: null,
    example: "at-least-24-characters-from-a-generator",
    secret: true,
    parse: (text) =>
      /^[\x21-\x7e]{24,200}$/.test(text) ? text : new Wrong("must be 24 to 200 characters without spaces"),
  },
  BEHEST_OIDC_ISSUER: {
    about:
      "OpenID Connect issuer that people may log in with, beside their password; its address as it writes it itself",
    default: null,
    example: "https://login.example.org",
    parse: parseIssuer,
  },
  BEHEST_OIDC_CLIENT_ID: {
    about:
      "What the issuer calls this server; `/login/sso` below the server's address is the redirect to register there",
    default: null,
    example: "behest",
    parse: (text) => text,
  },
  BEHEST_OIDC_CLIENT_SECRET: {
    about: "Secret that the issuer gave this server; without one the server is a public client",
    default: null,
    example: "what-the-issuer-gave-you",
    secret: true,
    parse: (text) => text,
  },
  BEHEST_OIDC_HOSTS: {
    about:
      "Other hosts of the issuer's token and key addresses, separated by commas; the server may ask no others",
    default: "",
    example: "oauth2.example.org,keys.example.org:8443",
    parse: parseHosts,
  },
  BEHEST_CYBERTIP_URL: {
    about: "Address of NCMEC's CyberTipline; the test server unless set",
    default: "https://exttest.cybertip.org/ispws",
    example: "https://report.cybertip.org/ispws",
    parse: parseServiceUrl,
  },
  BEHEST_CYBERTIP_USER: {
    about: "User name for the CyberTipline; without it reports are drafted and exported only",
    default: null,
    example: "example-platform",
    parse: (text) => text,
  },
  BEHEST_CYBERTIP_PASSWORD: {
    about: "Password for the CyberTipline",
    default: null,
    example: "what-the-service-gave-you",
    secret: true,
    parse: (text) => text,
  },
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;

/** Variables of the specification that a later version reads; a shared `.env` may hold them already. */
export const laterVariables: readonly string[] = [
  "BEHEST_BUS",
];
