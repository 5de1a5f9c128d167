import { storeFiles } from "../lib/adapters/disk/private.ts";
import { serviceAddress } from "../lib/adapters/csam/addresses.ts";
import { type Config, ConfigProblem, laterVariables, loadConfig, variables } from "../lib/config/mod.ts";
import { complain, say } from "../lib/platform/console.ts";
import { pushServiceHosts } from "../lib/push/mod.ts";

/** By name and not `BEHEST_*`, which the task's shell may take for a pattern of file names. */
const readableEnv: readonly string[] = [...Object.keys(variables), ...laterVariables, "OTEL_DENO"];

/**
 * The permissions that `main.ts` needs with a configuration, as flags of `deno run` (OP-8): its own address, the
 * store's when that is remote, those of the scanners, of the CyberTipline, of the issuer, of push services and of webhooks, its own files, the data directory.
 * Nothing is run, no native library is loaded. `app`: the folder of the program, where that is not the working directory.
 */
export function permissionFlags(config: Config, app?: string): string[] {
  const net = [place(config.host, config.port), place(config.clamd.host, config.clamd.port)];
  if (config.csam !== null) net.push(placeOf(serviceAddress(config.csam)));
  if (config.cybertip.user !== null) net.push(placeOf(config.cybertip.url));
  if (config.oidc !== null) {
    const others = config.oidc.hosts.map((host) => host.includes(":") ? host : `${host}:443`);
    net.push(placeOf(config.oidc.issuer), ...others);
  }
  if (config.push !== null) {
    net.push(...pushServiceHosts.map((host) => `${host}:443`), ...config.pushHosts.map(placeOf));
  }
  net.push(...config.webhookHosts.map(placeOf));
  if (config.operatorWebhook !== null) net.push(placeOf(config.operatorWebhook.url));
  const writable = [config.dataDir];
  const env = [...readableEnv];
  if (typeof config.kv !== "string") net.push(...config.kv.hosts);
  else if (/^https?:/.test(config.kv)) {
    net.push(new URL(config.kv).host);
    env.push("DENO_KV_ACCESS_TOKEN");
  } else if (config.kv !== ":memory:" && !config.kv.startsWith(`${config.dataDir}/`)) {
    writable.push(...storeFiles(config.kv));
  }
  if (config.backup.dir !== null) writable.push(...outside(config, [config.backup.dir]));
  // The key is made beside its place at the first need, and moved there.
  writable.push(...outside(config, [config.evidenceKey]).map((path) => path.replace(/[^/]+$/, "") || "."));
  const readable = [
    ...app === undefined ? ["."] : [app, ".env"],
    ...writable,
    ...config.csamHashes === null ? [] : [config.csamHashes],
  ];
  if (typeof config.kv !== "string" && config.kv.caFile !== null) readable.push(config.kv.caFile);
  if (config.tls !== null) readable.push(...outside(config, Object.values(config.tls)));
  return [
    "--no-prompt",
    "--unstable-kv",
    // Two listeners on one port, while one takes over from the other with a new certificate.
    ...(config.tls === null ? [] : ["--unstable-net"]),
    `--allow-net=${net.join(",")}`,
    `--allow-read=${outside(config, readable).join(",")}`,
    `--allow-write=${writable.join(",")}`,
    `--allow-env=${env.join(",")}`,
    // A package that lists all variables for its own switches finds none, instead of ending the start.
    "--ignore-env",
    "--allow-sys=statfs",
  ];
}

/** Without what lies in the data directory. */
function outside({ dataDir }: Config, paths: readonly string[]): string[] {
  return paths.filter((path) => !path.startsWith(`${dataDir.replace(/\/+$/, "")}/`));
}

function place(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Of an address, with its port: a host alone would allow all of its ports. */
function placeOf(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

if (import.meta.main) {
  // A package's `./behest` takes a flag from each line, as the folders' names may have spaces.
  const app = Deno.args[0];
  const told = (flags: readonly string[]) => say(flags.join(app === undefined ? " " : "\n"));
  const read = loadConfig();
  if (read instanceof ConfigProblem) {
    // The task's shell goes on when a substitution fails: the server itself says what is wrong, and ends.
    told(["--no-prompt", "--allow-read=.env", `--allow-env=${readableEnv.join(",")}`, "--ignore-env"]);
  } else {
    for (const warning of read.warnings) complain(warning);
    told(permissionFlags(read.config, app));
  }
}
