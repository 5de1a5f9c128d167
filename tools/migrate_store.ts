/**
 * `deno task migrate-store FROM TO`: copies a store that no server uses from a file to PostgreSQL, or back, and compares both.
 * FROM and TO are written like `BEHEST_KV`. FROM stays as it is.
 */
import { copyStore } from "../lib/adapters/store_copy/mod.ts";
import { kvName, parseStore, type PostgresUrl } from "../lib/config/mod.ts";
import { complain, say } from "../lib/platform/console.ts";

/** Records between two lines of progress. */
const toldEvery = 100_000;

function placeOf(text: string): string | PostgresUrl {
  const place = parseStore(text);
  if (typeof place === "string" || "hosts" in place) return place;
  throw new Error(`${kvName(text)} ${place.problem}`);
}

if (import.meta.main) {
  try {
    if (Deno.args.length !== 2) throw new Error("Say: deno task migrate-store FROM TO");
    const [from, to] = Deno.args.map(placeOf) as [string, string];
    let told = 0;
    const { records } = await copyStore(from, to, (count) => {
      if (count - told < toldEvery) return;
      told = count;
      complain(`${count} records are copied.`);
    });
    say(
      `${kvName(to)} has all ${records} records of ${
        kvName(from)
      }, and they are the same. Set BEHEST_KV to it.`,
    );
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
