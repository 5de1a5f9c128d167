/**
 * `deno task evidence-export ID OUT [--key=FILE] [--why=TEXT]`: decrypts the evidence of an incident into a new file, for a legal
 * process only (SC-5). Asks for the key's file and the reason where they are not given. Who, what and why are in the audit log
 * before a byte is written. The server must be stopped: the store has one owner.
 */
import { SealedFiles } from "../lib/adapters/evidence/mod.ts";
import {
  KvAccounts,
  KvAudit,
  KvIncidents,
  openExistingStore,
  type StorePlace,
} from "../lib/adapters/kv/mod.ts";
import { ConfigProblem, loadConfig } from "../lib/config/mod.ts";
import { complain, say } from "../lib/platform/console.ts";
import { silentLog, systemClock } from "../lib/platform/mod.ts";

/** Whoever is at the terminal. No username looks like this. */
const operator = { userId: "operator", username: "(operator)" } as const;

interface Wanted {
  id: string;
  out: string;
  keyFile: string;
  why: string;
}

/** Null when something needed was neither given nor answered. */
function wantedOf(args: readonly string[], keyFile: string): Wanted | null {
  const given = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const [id, out, ...more] = args.filter((arg) => !arg.startsWith("--"));
  if (id === undefined || out === undefined || more.length > 0) return null;
  const key = given("key") ?? prompt("File of the evidence key:", keyFile);
  const why = given("why") ?? prompt("Why (for the audit log):");
  return key === null || why === null || why.trim() === ""
    ? null
    : { id, out, keyFile: key, why: why.trim() };
}

/** Gives the number of bytes. Throws what an operator has to hear. */
async function exportEvidence(
  { id, out, keyFile, why }: Wanted,
  dataDir: string,
  kv: StorePlace,
): Promise<number> {
  await using store = await openExistingStore(kv);
  const audit = new KvAudit(store, systemClock, silentLog);
  const incidents = new KvIncidents(store, new KvAccounts(store, systemClock), audit, systemClock);
  const incident = await incidents.incident(id);
  if (incident === null) throw new Error(`There is no incident ${id}.`);
  if (incident.evidence !== "sealed") throw new Error(`The evidence of ${id} is ${incident.evidence}.`);
  const evidence = new SealedFiles({ dir: `${dataDir}/evidence`, keyFile });
  if (!await evidence.verify(id, incident)) throw new Error(`The evidence of ${id} is missing.`);
  using file = await Deno.open(out, { write: true, createNew: true, mode: 0o600 });
  const act = {
    actor: operator,
    action: "incident.evidence_exported",
    subject: `incident:${id}`,
    address: "",
    reason: why.slice(0, 1000),
    detail: { sha256: incident.sha256 },
  };
  if (!(await audit.commit({}, act)).ok) throw new Error("The audit log could not be written.");
  for await (const chunk of (await evidence.open(id)) ?? []) {
    for (let written = 0; written < chunk.length;) written += await file.write(chunk.subarray(written));
  }
  await file.sync();
  return incident.sizeBytes;
}

if (import.meta.main) {
  const read = loadConfig();
  try {
    if (read instanceof ConfigProblem) throw new Error(read.line);
    const { dataDir, kv, evidenceKey } = read.config;
    const wanted = wantedOf(Deno.args, evidenceKey);
    if (wanted === null) {
      throw new Error("Say what, where to and why: evidence-export ID OUT [--key=FILE] [--why=TEXT]");
    }
    const bytes = await exportEvidence(wanted, dataDir, kv);
    say(`${wanted.out} holds the evidence of ${wanted.id}: ${bytes} bytes. It is in the audit log.`);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
