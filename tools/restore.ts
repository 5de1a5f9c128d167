/**
 * `deno task restore FILE [--key=FILE]`: unpacks a backup into the configured data directory, which must be empty (OP-6).
 * Every byte is compared with its hash. `--key` is the file of the age key of an encrypted backup.
 */
import { restore } from "../lib/adapters/backup/mod.ts";
import { systemClock } from "../lib/platform/mod.ts";
import { say } from "../lib/platform/console.ts";
import { ageKeyOf, argumentsOf, configuredPlaces, runTask, sumOf } from "./backup_arguments.ts";

const usage = "Say: deno task restore FILE [--key=FILE]";

await runTask(async () => {
  const given = argumentsOf(Deno.args, { values: ["key"], flags: [], usage });
  const { dataDir, kv, evidenceKey } = configuredPlaces();
  const { manifest, endedUploads, findings } = await restore({
    dataDir,
    kv,
    file: given.file,
    ageKey: await ageKeyOf(given),
    nowMs: systemClock.now(),
  });
  const made = new Date(manifest.madeMs).toISOString();
  say(`Restored ${sumOf(manifest.files)} of ${made} to ${dataDir}.`);
  say(
    `Stops, blocks, preferences, log-outs and sanctions of later are lost. Tell people before they rely on them.`,
  );
  if (!manifest.files.some(({ path }) => path === "secret.key")) say("Everyone has to log in again.");
  if (manifest.files.some(({ path }) => path.startsWith("evidence/"))) {
    say(`Put the evidence key back at ${evidenceKey}.`);
  }
  if (endedUploads > 0) say(`${endedUploads} uploads were under way: people begin them again.`);
  for (const finding of findings) say(finding);
  if (findings.length > 0) say("deno task check-storage --mend repairs what is safe to repair.");
});
