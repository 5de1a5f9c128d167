/**
 * `deno task backup FILE [--without-keys] [--to=age1…]`: puts everything that a server needs into one new file, also while it
 * runs (OP-6). `--to` encrypts it for the owner of an age key. The evidence key is never in it.
 */
import { backUp, sealedFor, unsealed } from "../lib/adapters/backup/mod.ts";
import { systemClock } from "../lib/platform/mod.ts";
import { say } from "../lib/platform/console.ts";
import { argumentsOf, configuredPlaces, runTask, sumOf } from "./backup_arguments.ts";

const usage = "Say: deno task backup FILE [--without-keys] [--to=age1…]";

await runTask(async () => {
  const given = argumentsOf(Deno.args, { values: ["to"], flags: ["without-keys"], usage });
  const places = configuredPlaces();
  const to = given.valueOf("to");
  const { files, missing } = await backUp({
    ...places,
    file: given.file,
    withKeys: !given.has("without-keys"),
    sealing: to === null ? unsealed : sealedFor(to),
    nowMs: systemClock.now(),
  });
  say(`Backed up ${sumOf(files)} to ${given.file}.`);
  if (to === null) say("It is not encrypted: whoever has it has everything. --to=age1… encrypts it.");
  if (files.some(({ path }) => path.startsWith("evidence/"))) {
    say(`It has sealed evidence, but not its key. Keep ${places.evidenceKey} in another place.`);
  }
  if (missing.length > 0) {
    throw new Error(
      `${missing.length} files had lost their bytes before: ${
        missing[0]
      }. deno task check-storage says more.`,
    );
  }
});
