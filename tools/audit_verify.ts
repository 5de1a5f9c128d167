/**
 * `deno task audit-verify [DATA_DIR]`: walks the chain of the audit log from its first entry (MO-3) and ends with 0 when it
 * holds; otherwise names the first link that does not, and ends with 1. The server must be stopped: the store has one
 * owner. Of a running one, verify a copy of its data directory.
 */
import { KvAudit, openExistingStore, type StorePlace } from "../lib/adapters/kv/mod.ts";
import { ConfigProblem, loadConfig } from "../lib/config/mod.ts";
import { verifyChain } from "../lib/moderation/mod.ts";
import { complain, say } from "../lib/platform/console.ts";
import { silentLog, systemClock } from "../lib/platform/mod.ts";

function storePath(directory: string | undefined): StorePlace {
  if (directory !== undefined) return `${directory.replace(/\/+$/, "")}/kv.sqlite3`;
  const read = loadConfig();
  if (read instanceof ConfigProblem) throw new Error(read.line);
  return read.config.kv;
}

if (import.meta.main) {
  try {
    await using store = await openExistingStore(storePath(Deno.args[0]));
    const { entries, head } = await new KvAudit(store, systemClock, silentLog).chain();
    const report = await verifyChain(entries, head);
    if (report.ok) {
      say(`The audit log holds: ${report.entries} entries. The last hash is ${report.hash}.`);
    } else {
      complain(`The audit log is broken at entry ${report.seq}: ${report.why}.`);
      Deno.exitCode = 1;
    }
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
