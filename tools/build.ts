/**
 * `deno task build`: bundles the islands, lists routes and static files into `_fresh/`, packs what is served from there, and says what each page weighs;
 * a page over the limit (UI-7) is a failed build. `--if-stale` does nothing when the build is newer than all that it is made from.
 */
import { Builder } from "fresh/dev";
import { complain, say } from "../lib/platform/console.ts";
import { SNAPSHOT_FILE } from "../lib/fresh/build.ts";
import { builtScripts } from "./built_scripts.ts";
import { shippedLicences } from "./licences.ts";
import { packBuild } from "./packed.ts";
import { mostScriptBytes, pageWeights, weightTable } from "./page_weights.ts";

const mode = Deno.args.includes("--development") ? "development" : "production";

// `sources`, `isStale` and `root` are not Fresh's: they save a build at each start. Fresh itself builds each time, by
// `deno task genuine`.
const builder = new Builder({
  sources: [
    "components",
    "lib/protocol",
    "lib/client",
    "lib/platform",
    "lib/fresh",
    "lib/web/define.ts",
    "deno.json",
    "deno.lock",
  ],
});

const ifStale = Deno.args.includes("--if-stale");
if (!ifStale || await builder.isStale(mode)) {
  if (ifStale) say("Building the pages. This is done once, and after changes.");
  await builder.build({ mode });
  // What is not minified says nothing about the weight of a page.
  if (mode === "development") Deno.exit(0);
  await packBuild(builder.root);
  const licences = await shippedLicences(builder.root);
  await Deno.writeTextFile(`${builder.root}/_fresh/licences.json`, JSON.stringify(licences));
  const weights = await pageWeights(await builtScripts(builder.root));
  // Who starts the server waits for its address: the table is for who builds.
  if (!ifStale) say(weightTable(weights).join("\n"));
  const heavy = weights.filter(({ whole }) => whole > mostScriptBytes).map(({ page }) => page);
  if (heavy.length > 0) {
    // Without it the build counts as missing: the next `--if-stale` must not take what was refused.
    await Deno.remove(`${builder.root}/_fresh/${SNAPSHOT_FILE}`);
    complain(`More JavaScript than a page may have (${mostScriptBytes} bytes, gzipped): ${heavy.join(", ")}`);
    Deno.exit(1);
  }
}
