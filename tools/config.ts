import { ConfigProblem, describeConfig, loadConfig } from "../lib/config/mod.ts";
import { complain, say } from "../lib/platform/console.ts";

/** Prints the configuration in force, secrets masked (OP-1). */
const read = loadConfig();
if (read instanceof ConfigProblem) {
  complain(read.line);
  Deno.exit(1);
}
for (const warning of read.warnings) complain(warning);
say(describeConfig(read.config));
