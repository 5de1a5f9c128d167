import assert from "node:assert/strict";
import {
  type Config,
  ConfigProblem,
  describeConfig,
  readConfig,
  type Texts,
  variables,
} from "../../lib/config/mod.ts";
import { trusting } from "../fakes/trusting.ts";

function accepted(environment: Texts, dotEnv: Texts = {}): { config: Config; warnings: string[] } {
  const read = readConfig(environment, dotEnv);
  if (read instanceof ConfigProblem) assert.fail(read.line);
  return read;
}

function refused(environment: Texts, dotEnv: Texts = {}): string {
  const read = readConfig(environment, dotEnv);
  assert.ok(read instanceof ConfigProblem, "the configuration was taken");
  return read.line;
}

Deno.test("OP-2: an empty environment gives the specification's defaults", () => {
  assert.deepEqual(accepted({}), {
    config: {
      basePath: "",
      tls: null,
      mode: "evaluation",
      host: "127.0.0.1",
      port: 8000,
      origins: [],
      dataDir: "./data",
      kv: "./data/kv.sqlite3",
      heartbeatMs: 20_000,
      retentionDays: 14,
      rateRequests: 20,
      rateSends: 30,
      registration: "open",
      groups: "admins",
      admin: null,
      logLevel: "info",
      logMaxBytes: 268_435_456,
      backup: { dir: null, everyMs: 86_400_000, keep: 7, to: null },
      trustProxy: trusting("0"),
      uploadMaxBytes: 2 * 1024 ** 3,
      quotaBytes: 5 * 1024 ** 3,
      clamd: { host: "127.0.0.1", port: 3310 },
      csam: null,
      csamHashes: null,
      incomplete: "hold",
      scanConcurrency: 2,
      evidenceDays: 365,
      evidenceKey: "./data/evidence.key",
      push: null,
      pushHosts: [],
      webhookHosts: [],
      operatorWebhook: null,
      metricsToken: null,
      oidc: null,
      cybertip: { url: "https://exttest.cybertip.org/ispws", user: null, password: null },
    },
    warnings: [],
  });
});

Deno.test("AU-12: an issuer is written as an https address, and comes with what it calls this server", () => {
  const client = { BEHEST_OIDC_CLIENT_ID: "behest" };
  assert.match(refused(client), /^BEHEST_OIDC_ISSUER: is not set but BEHEST_OIDC_CLIENT_ID is/);
  assert.match(
    refused({ BEHEST_OIDC_ISSUER: "https://login.example.org" }),
    /^BEHEST_OIDC_CLIENT_ID: is not set/,
  );
  for (
    const issuer of [
      "http://login.example.org",
      "login.example.org",
      "https://a:b@example.org",
      "https://x.org/?a",
    ]
  ) assert.match(refused({ ...client, BEHEST_OIDC_ISSUER: issuer }), /^BEHEST_OIDC_ISSUER: /, issuer);
  assert.match(
    refused({ BEHEST_OIDC_HOSTS: "https://keys.example.org" }),
    /^BEHEST_OIDC_HOSTS: .* not a host/,
  );
  const { config } = accepted({
    ...client,
    BEHEST_OIDC_ISSUER: "http://127.0.0.1:9000",
    BEHEST_OIDC_HOSTS: "keys.example.org, tokens.example.org:8443",
  });
  assert.deepEqual(config.oidc, {
    issuer: "http://127.0.0.1:9000",
    clientId: "behest",
    clientSecret: null,
    hosts: ["keys.example.org", "tokens.example.org:8443"],
  });
});

Deno.test("SC-3: a matching service needs its address and its credentials", () => {
  const user = { BEHEST_CSAM_USER: "example-platform" };
  const secret = { BEHEST_CSAM_SECRET: "what-it-gave-you" };
  assert.match(refused({ BEHEST_CSAM: "arachnid", ...secret }), /^BEHEST_CSAM_USER: is not set/);
  assert.match(refused({ BEHEST_CSAM: "arachnid", ...user }), /^BEHEST_CSAM_SECRET: is not set/);
  assert.match(refused({ BEHEST_CSAM: "photodna" }), /^BEHEST_CSAM_SECRET: is not set/);
  assert.match(refused({ BEHEST_CSAM: "hma" }), /^BEHEST_CSAM_URL: is not set/);
  const { config } = accepted({ BEHEST_CSAM: "hma", BEHEST_CSAM_URL: "http://127.0.0.1:5000/" });
  assert.deepEqual(config.csam, {
    service: "hma",
    url: "http://127.0.0.1:5000",
    user: null,
    secret: null,
    banks: new Map(),
  });
  assert.equal(accepted({ BEHEST_CSAM: "arachnid", ...user, ...secret }).config.csam?.url, null);
});

Deno.test("SC-9: banks have meanings by name, and a matcher that never makes an incident is named at start", () => {
  const hma = { BEHEST_CSAM: "hma", BEHEST_CSAM_URL: "http://127.0.0.1:5000" };
  const { config, warnings } = accepted({ ...hma, BEHEST_CSAM_BANKS: "A:csam, B:b:ncii,C D:other" });
  assert.deepEqual([...config.csam!.banks], [["A", "csam"], ["B:b", "ncii"], ["C D", "other"]]);
  assert.deepEqual(warnings, []);
  assert.match(accepted(hma).warnings.join(), /^BEHEST_CSAM_BANKS names no bank with the meaning csam/);
  assert.match(refused({ BEHEST_CSAM_BANKS: "A:csam,A:ncii" }), /^BEHEST_CSAM_BANKS: .*names "A" twice/);
});

Deno.test("SC-3: clamd's address is a host and a port, also for IPv6", () => {
  assert.deepEqual(accepted({ BEHEST_CLAMD: "[fd00::1]:3311" }).config.clamd, {
    host: "fd00::1",
    port: 3311,
  });
  assert.deepEqual(accepted({ BEHEST_CLAMD: "clamd.internal:3310" }).config.clamd, {
    host: "clamd.internal",
    port: 3310,
  });
});

Deno.test("OP-1: the environment wins over .env, and nothing set counts as not set", () => {
  const { config } = accepted({ BEHEST_PORT: "9001", BEHEST_HOST: "" }, {
    BEHEST_PORT: "9002",
    BEHEST_HOST: "localhost",
    BEHEST_RETENTION_DAYS: "3",
    PATH: "not ours",
  });
  assert.equal(config.port, 9001);
  assert.equal(config.host, "localhost");
  assert.equal(config.retentionDays, 3);
});

Deno.test("OP-1: every variable's example is a value that it takes", () => {
  for (const [name, variable] of Object.entries(variables)) {
    const together = name.startsWith("BEHEST_ADMIN_")
      ? { BEHEST_ADMIN_USERNAME: "ada", BEHEST_ADMIN_PASSWORD: "ten letters or more" }
      : name === "BEHEST_CSAM"
      ? { BEHEST_CSAM_USER: "example-platform", BEHEST_CSAM_SECRET: "what-it-gave-you" }
      : name.startsWith("BEHEST_OIDC_")
      ? { BEHEST_OIDC_ISSUER: "https://login.example.org", BEHEST_OIDC_CLIENT_ID: "behest" }
      : name.startsWith("BEHEST_TLS_")
      ? { BEHEST_TLS_CERT: "/etc/ssl/behest.pem", BEHEST_TLS_KEY: "/etc/ssl/behest.key" }
      : name.startsWith("BEHEST_OPERATOR_")
      ? {
        BEHEST_OPERATOR_WEBHOOK: variables.BEHEST_OPERATOR_WEBHOOK.example,
        BEHEST_OPERATOR_WEBHOOK_SECRET: variables.BEHEST_OPERATOR_WEBHOOK_SECRET.example,
      }
      : name === "BEHEST_HOST"
      ? { BEHEST_MODE: "production" }
      : {};
    accepted({ ...together, [name]: variable.example });
  }
});

Deno.test("OP-10: a sub-path is taken when no page of Behest's own can be meant by it", () => {
  for (
    const [text, basePath] of [["", ""], ["/", ""], ["/behest", "/behest"], [
      "/tools/be-hest_2",
      "/tools/be-hest_2",
    ]]
  ) {
    assert.equal(accepted({ BEHEST_BASE_PATH: text }).config.basePath, basePath);
  }
  const files = [
    ...Deno.readDirSync("routes"),
    ...Deno.readDirSync("routes/(app)"),
    ...Deno.readDirSync("routes/(door)"),
  ];
  const names = [...files, ...Deno.readDirSync("static")].map(({ name }) => name.replace(/\.tsx?$/, ""))
    .filter((name) => /^[a-z][a-z-]*$/.test(name) && name !== "index");
  assert.ok(names.length > 30, names.join());
  for (const name of names) {
    assert.match(
      refused({ BEHEST_BASE_PATH: `/${name}/x` }),
      /^BEHEST_BASE_PATH: .* must not begin with/,
      name,
    );
  }
});

Deno.test("OP-10: a certificate comes with its key", () => {
  const both = { BEHEST_TLS_CERT: "/etc/ssl/behest.pem", BEHEST_TLS_KEY: "/etc/ssl/behest.key" };
  assert.deepEqual(accepted(both).config.tls, { cert: "/etc/ssl/behest.pem", key: "/etc/ssl/behest.key" });
  assert.match(
    refused({ BEHEST_TLS_CERT: "/a.pem" }),
    /^BEHEST_TLS_KEY: is not set but BEHEST_TLS_CERT is; for example/,
  );
  assert.match(
    refused({ BEHEST_TLS_KEY: "/a.key" }),
    /^BEHEST_TLS_CERT: is not set but BEHEST_TLS_KEY is; for example/,
  );
});

const wrong: [name: string, text: string][] = [
  ["BEHEST_BASE_PATH", "behest"],
  ["BEHEST_BASE_PATH", "/behest/"],
  ["BEHEST_BASE_PATH", "//behest"],
  ["BEHEST_BASE_PATH", "/../behest"],
  ["BEHEST_BASE_PATH", "/be%68est"],
  ["BEHEST_BASE_PATH", "/be hest"],
  ["BEHEST_BASE_PATH", "/behest?x"],
  ["BEHEST_BASE_PATH", "https://example.org/behest"],
  ["BEHEST_BASE_PATH", "/chat"],
  ["BEHEST_BASE_PATH", "/admin/behest"],
  ["BEHEST_MODE", "prod"],
  ["BEHEST_HOST", "http://127.0.0.1"],
  ["BEHEST_CLAMD", "127.0.0.1"],
  ["BEHEST_CLAMD", "127.0.0.1:0"],
  ["BEHEST_CLAMD", "127.0.0.1:65536"],
  ["BEHEST_CSAM", "something"],
  ["BEHEST_CSAM_BANKS", "BANK"],
  ["BEHEST_CSAM_BANKS", "BANK:abuse"],
  ["BEHEST_CSAM_BANKS", ":csam"],
  ["BEHEST_CSAM_URL", "ftp://example.org"],
  ["BEHEST_CSAM_URL", "https://ada:secret@example.org"],
  ["BEHEST_UPLOAD_MAX_BYTES", "0"],
  ["BEHEST_QUOTA_BYTES", "5GB"],
  ["BEHEST_SCAN_CONCURRENCY", "0"],
  ["BEHEST_EVIDENCE_DAYS", "0"],
  ["BEHEST_INCOMPLETE", "pass"],
  ["BEHEST_HOST", "127.0.0.1,0.0.0.0"],
  ["BEHEST_PORT", "65536"],
  ["BEHEST_PORT", "-1"],
  ["BEHEST_PORT", "80 80"],
  ["BEHEST_PORT", "0x50"],
  ["BEHEST_ORIGINS", "behest.example.org"],
  ["BEHEST_ORIGINS", "https://behest.example.org/"],
  ["BEHEST_ORIGINS", "*"],
  ["BEHEST_DATA_DIR", "/srv/my data"],
  ["BEHEST_DATA_DIR", "/srv/a,/etc"],
  ["BEHEST_DATA_DIR", "/srv/*"],
  ["BEHEST_KV", "ftp://kv.example.org"],
  ["BEHEST_KV", "https://me:mine@kv.example.org"],
  ["BEHEST_KV", "/srv/my kv"],
  ["BEHEST_KV", "postgres://db.example.org/behest"],
  ["BEHEST_KV", "postgres://me@db.example.org"],
  ["BEHEST_KV", "postgres://me@db.example.org/behest?sslmode=prefer"],
  ["BEHEST_KV", "postgres://me@db.example.org/behest?host=/run/postgresql"],
  ["BEHEST_KV", "postgres://me:100%@db.example.org/behest"],
  ["BEHEST_HEARTBEAT_MS", "49"],
  ["BEHEST_HEARTBEAT_MS", "20s"],
  ["BEHEST_RETENTION_DAYS", "0"],
  ["BEHEST_RATE_REQUESTS", "1.5"],
  ["BEHEST_RATE_SENDS", "none"],
  ["BEHEST_REGISTRATION", "OPEN"],
  ["BEHEST_ADMIN_USERNAME", "Ад"],
  ["BEHEST_LOG_LEVEL", "verbose"],
  ["BEHEST_LOG_MAX_BYTES", "1000"],
  ["BEHEST_BACKUP_EVERY", "5m"],
  ["BEHEST_BACKUP_EVERY", "never"],
  ["BEHEST_BACKUP_KEEP", "0"],
  ["BEHEST_BACKUP_TO", "AGE-SECRET-KEY-1"],
  ["BEHEST_TRUST_PROXY", "true"],
  ["BEHEST_TRUST_PROXY", "-1"],
  ["BEHEST_TRUST_PROXY", "17"],
  ["BEHEST_TRUST_PROXY", "10.0.0.0/33"],
  ["BEHEST_TRUST_PROXY", "10.0.0.0/8/8"],
  ["BEHEST_TRUST_PROXY", "10.0.0.0/"],
  ["BEHEST_TRUST_PROXY", "::1/129"],
  ["BEHEST_TRUST_PROXY", "10.0.0.1, proxy.example"],
  ["BEHEST_TRUST_PROXY", ","],
];

Deno.test("OP-1: a wrong value is refused in one line that names variable, problem and example", () => {
  for (const [name, text] of wrong) {
    const line = refused({ [name]: text });
    assert.match(line, new RegExp(`^${name}: .+; for example ${name}=.+$`), `${name}=${text} gave: ${line}`);
    const shown = text.replace(/:[^:/]+@/, ":***@");
    assert.ok(line.includes(JSON.stringify(shown)), `the line does not show ${shown}: ${line}`);
  }
});

Deno.test("OP-1: a value with a line break still gives one line", () => {
  assert.equal(refused({ BEHEST_MODE: "produc\ntion" }).split("\n").length, 1);
});

Deno.test("OP-1: a refused secret is not shown", () => {
  const line = refused({ BEHEST_ADMIN_USERNAME: "ada", BEHEST_ADMIN_PASSWORD: "hunter2" });
  assert.match(line, /^BEHEST_ADMIN_PASSWORD: must be 15 to 256 characters; for example /);
  assert.ok(!line.includes("hunter2"));
});

Deno.test("AU-2: the first administrator's name and password are both given or none", () => {
  assert.match(refused({ BEHEST_ADMIN_USERNAME: "ada" }), /^BEHEST_ADMIN_PASSWORD: is not set but/);
  assert.match(
    refused({ BEHEST_ADMIN_PASSWORD: "long enough 12345" }),
    /^BEHEST_ADMIN_USERNAME: is not set but/,
  );
  const { config } = accepted({ BEHEST_ADMIN_USERNAME: "Ada", BEHEST_ADMIN_PASSWORD: "long enough 12345" });
  assert.deepEqual(config.admin, { username: "ada", password: "long enough 12345" });
});

Deno.test("SC-7: evaluation mode listens on loopback only", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.7", "behest.example.org", "127.example.org"]) {
    assert.match(refused({ BEHEST_HOST: host }), /^BEHEST_HOST: .+ evaluation mode .+ for example /);
    assert.equal(accepted({ BEHEST_HOST: host, BEHEST_MODE: "production" }).config.host, host);
  }
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) {
    assert.equal(accepted({ BEHEST_HOST: host }).config.host, host);
  }
});

Deno.test("OP-1: an unknown variable is warned of with the nearest known name", () => {
  const { warnings } = accepted({ BEHEST_PROT: "8001", BEHEST_COMPLETELY_ELSE: "1", OTHER: "x" });
  assert.deepEqual(warnings, [
    "BEHEST_PROT is not a variable of Behest and is ignored. Did you mean BEHEST_PORT?",
    "BEHEST_COMPLETELY_ELSE is not a variable of Behest and is ignored.",
  ]);
});

Deno.test("OP-1: a later version's variable is said not to be used yet", () => {
  assert.deepEqual(accepted({}, { BEHEST_BUS: "nats://127.0.0.1:4222" }).warnings, [
    "BEHEST_BUS is known but not used by this version yet.",
  ]);
});

Deno.test("OP-10: the values of older versions still mean what they meant, and the start says so", () => {
  for (const [old, now] of [["yes", "1"], ["no", "0"]] as const) {
    const { config, warnings } = accepted({ BEHEST_TRUST_PROXY: old });
    assert.deepEqual(config.trustProxy, trusting(now));
    assert.deepEqual(warnings.map((line) => line.startsWith(`BEHEST_TRUST_PROXY=${old} still means`)), [
      true,
    ]);
  }
  assert.deepEqual(accepted({ BEHEST_TRUST_PROXY: "2" }).warnings, []);
  assert.deepEqual(accepted({}).warnings, []);
});

Deno.test("OP-1: what is in force is shown with secrets masked, and reads back as the same", () => {
  const environment = {
    BEHEST_ADMIN_USERNAME: "ada",
    BEHEST_ADMIN_PASSWORD: "correct horse battery",
    BEHEST_ORIGINS: "https://a.example, https://b.example",
    BEHEST_TRUST_PROXY: "10.0.0.0/8, ::1",
    BEHEST_KV: ":memory:",
  };
  const { config } = accepted(environment);
  const shown = describeConfig(config);
  assert.ok(!shown.includes("correct horse"));
  assert.match(shown, /^BEHEST_ADMIN_PASSWORD=\*\*\*$/m);
  const texts = Object.fromEntries(shown.split("\n").map((line) => line.split("=") as [string, string]));
  assert.deepEqual(Object.keys(texts), Object.keys(variables));
  assert.deepEqual(accepted({ ...texts, BEHEST_ADMIN_PASSWORD: "correct horse battery" }).config, config);
});
