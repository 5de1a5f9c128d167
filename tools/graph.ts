/** `deno task graph [folder]`: prints the import graph of the project in a folder, here by default. */
import { cyclesOf, graphOf, layersOf, partOf, readModules } from "./module_graph.ts";
import { say } from "../lib/platform/console.ts";

const counting =
  `How this is counted: all TypeScript without tests. A part is a room of lib/, a file directly in
lib/ or beside it, or a folder beside it. A dependency is a pair of parts with at least one import, of
types too. A part's layer is one above the highest part that it needs. A cycle is a group of files that
import each other, directly or through others.`;

/** The whole report as text. */
function report(): string {
  const modules = readModules();
  const parts = graphOf(modules, partOf);
  const layers = layersOf(parts);
  const cycles = cyclesOf(graphOf(modules, (file) => file));
  const roomCycles = cyclesOf(parts);
  const dependencies = [...parts.values()].reduce((sum, needs) => sum + needs.size, 0);
  const lines = [counting, ""];
  for (const [number, layer] of [...layers.entries()].toReversed()) {
    lines.push(`layer ${number + 1}`);
    for (const part of layer) lines.push(`  ${part.padEnd(14)} ${[...parts.get(part)!].sort().join(" ")}`);
  }
  lines.push("", `parts ${parts.size}, dependencies ${dependencies}, layers ${layers.length}`);
  lines.push(`cycles between parts ${roomCycles.length}, between files ${cycles.length}`);
  for (const cycle of [...roomCycles, ...cycles]) lines.push(`  ${cycle.join(" ")}`);
  return lines.join("\n");
}

const [folder] = Deno.args;
if (folder !== undefined) Deno.chdir(folder);
say(report());
