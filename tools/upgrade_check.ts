/**
 * `deno task upgrade-check [DATA_DIR]`: copies the store, which a server may be using, brings the copy to this version's layout,
 * says what each step does, and walks the copy's audit log. Ends with 0 when the start of this version would do the same to the
 * store itself; with 1 when it would fail. The store stays as it is.
 */
import { copyStore } from "../lib/adapters/backup/mod.ts";
import { KvAudit, openExistingStore, tryUpgrade, type Upgrade } from "../lib/adapters/kv/mod.ts";
import { kvName } from "../lib/config/mod.ts";
import { verifyChain } from "../lib/moderation/mod.ts";
import { complain, say } from "../lib/platform/console.ts";
import { silentLog, systemClock } from "../lib/platform/mod.ts";
import { configuredPlaces } from "./backup_arguments.ts";

/** What it says, a line each. Throws when this version could not start on that store. */
export async function upgradeCheck(directory: string | undefined): Promise<string[]> {
  const store = directory === undefined
    ? configuredPlaces().kv
    : `${directory.replace(/(?<=.)\/+$/, "")}/kv.sqlite3`;
  if (/^(https?|postgres):/.test(store)) {
    throw new Error(
      `${kvName(store)} is no file: copy that database by its own means, and start this version on the copy.`,
    );
  }
  if (!await Deno.stat(store).then(({ isFile }) => isFile, () => false)) {
    throw new Error(`There is no store at ${store}.`);
  }
  // Readable by its owner only, as the store.
  const place = await Deno.makeTempDir({ prefix: "behest-upgrade-" });
  try {
    const copy = `${place}/kv.sqlite3`;
    await copyStore(store, copy);
    return [...linesOf(await tryUpgrade(copy)), await audited(copy)];
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

function linesOf({ from, to, steps }: Upgrade): string[] {
  if (steps.length === 0) return [`The store has layout ${from}, as this version: nothing is to be done.`];
  return [
    `The store has layout ${from}; the start of this version brings it to ${to}. An older version cannot open it afterwards.`,
    ...steps.map(({ to, does, written, before, after }) =>
      `To layout ${to}: ${does} (records written: ${written}; in the store: ${before} before, ${after} after).`
    ),
  ];
}

async function audited(copy: string): Promise<string> {
  await using store = await openExistingStore(copy);
  const { entries, head } = await new KvAudit(store, systemClock, silentLog).chain();
  const report = await verifyChain(entries, head);
  if (!report.ok) throw new Error(`The audit log is broken at entry ${report.seq}: ${report.why}.`);
  return `The copy opens, and its audit log holds: ${report.entries} entries.`;
}

if (import.meta.main) {
  try {
    for (const line of await upgradeCheck(Deno.args[0])) say(line);
    say("The store itself is as it was.");
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    complain("Nothing was changed.");
    Deno.exitCode = 1;
  }
}
