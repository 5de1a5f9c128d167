import { type Config, ConfigProblem, loadConfig } from "../lib/config.ts";
import { laterVariables, variables } from "../lib/config_table.ts";
import { complain, say } from "../lib/platform/console.ts";

/** By name and not `BEHEST_*`, which the task's shell may take for a pattern of file names. */
const readableEnv: readonly string[] = [...Object.keys(variables), ...laterVariables];

/**
 * The permissions that `main.ts` needs with a configuration, as flags of `deno run` (OP-8): its own address, the
 * store's when that is remote, its own files, the data directory. Nothing is run, no native library is loaded.
 */
export function permissionFlags(config: Config): string[] {
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const net = [`${host}:${config.port}`];
  const writable = [config.dataDir];
  const env = [...readableEnv];
  if (/^https?:/.test(config.kv)) {
    net.push(new URL(config.kv).host);
    env.push("DENO_KV_ACCESS_TOKEN");
  } else if (config.kv !== ":memory:" && !config.kv.startsWith(`${config.dataDir}/`)) {
    writable.push(config.kv, `${config.kv}.lock`);
  }
  return [
    "--no-prompt",
    "--unstable-kv",
    `--allow-net=${net.join(",")}`,
    `--allow-read=${[".", ...writable].join(",")}`,
    `--allow-write=${writable.join(",")}`,
    `--allow-env=${env.join(",")}`,
    "--allow-sys=statfs",
  ];
}

if (import.meta.main) {
  const read = loadConfig();
  if (read instanceof ConfigProblem) {
    // The task's shell goes on when a substitution fails: the server itself says what is wrong, and ends.
    say(`--no-prompt --allow-read=.env --allow-env=${readableEnv.join(",")}`);
  } else {
    for (const warning of read.warnings) complain(warning);
    say(permissionFlags(read.config).join(" "));
  }
}
