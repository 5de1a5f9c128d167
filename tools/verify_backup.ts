/**
 * `deno task verify-backup FILE [--key=FILE]`: reads every byte of a backup and compares it with its hash (OP-6). Ends with 0
 * when the backup is whole, otherwise with 1.
 */
import { verifyBackup } from "../lib/adapters/backup/mod.ts";
import { say } from "../lib/platform/console.ts";
import { ageKeyOf, argumentsOf, runTask, sumOf } from "./backup_arguments.ts";

const usage = "Say: deno task verify-backup FILE [--key=FILE]";

await runTask(async () => {
  const given = argumentsOf(Deno.args, { values: ["key"], flags: [], usage });
  const { files, madeMs } = await verifyBackup(
    { file: given.file, ageKey: await ageKeyOf(given) },
    `${given.file}.plain`,
  );
  say(`Whole: ${sumOf(files)} of ${new Date(madeMs).toISOString()}.`);
});
