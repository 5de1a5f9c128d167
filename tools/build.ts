/**
 * `deno task build`: bundles the islands and lists routes and static files into `_fresh/`.
 * `--if-stale` does nothing when the build is newer than all that it is made from.
 */
import { Builder } from "../lib/fresh/dev.ts";
import { say } from "../lib/platform/console.ts";

const builder = new Builder({
  sources: [
    "components",
    "lib/protocol",
    "lib/client",
    "lib/platform",
    "lib/fresh",
    "lib/define.ts",
    "deno.json",
    "deno.lock",
  ],
});

if (!Deno.args.includes("--if-stale") || await builder.isStale()) {
  await builder.write();
  const width = Math.max(0, ...builder.bundles.map(({ file }) => file.length));
  say(`${"bundle".padEnd(width)}     bytes   gzipped`);
  for (const { file, sizeBytes, gzippedBytes } of builder.bundles) {
    say(`${file.padEnd(width)} ${String(sizeBytes).padStart(9)} ${String(gzippedBytes).padStart(9)}`);
  }
}
