/**
 * Turns environment variables and `.env` into a checked configuration, or into one line that says what to change.
 * Never reads a variable that the table does not name, never opens what a variable points at, never shows a secret.
 * Start with `variables.ts`, the table of all variables; `config.ts` reads and checks them.
 */
export {
  type Config,
  ConfigProblem,
  isFileStore,
  loadConfig,
  logFileOf,
  type ReadConfig,
  readConfig,
  type Texts,
} from "./config.ts";
export { kvName, type PostgresUrl } from "./postgres_url.ts";
export { TrustedProxies } from "./trusted_proxies.ts";
export { configLines, describeConfig } from "./description.ts";
export { parseStore } from "./variables.ts";
export { laterVariables, type Variable, variables } from "./variables.ts";
