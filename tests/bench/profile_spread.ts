import type { Profile } from "./profiler.ts";

const shown = 45;

/** Self time and time with callees of each function, for one send, in µs; a table for reading. */
export function spreadOf({ nodes, samples, timeDeltas }: Profile, sends: number): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const selfUs = new Map<string, number>();
  const totalUs = new Map<string, number>();
  const bump = (map: Map<string, number>, name: string, us: number) =>
    map.set(name, (map.get(name) ?? 0) + us);
  for (const [at, id] of samples.entries()) {
    const us = timeDeltas[at] ?? 0;
    bump(selfUs, nameOf(byId.get(id)!.callFrame), us);
    const seen = new Set<string>();
    for (let up: number | undefined = id; up !== undefined; up = parents.get(up)) {
      const name = nameOf(byId.get(up)!.callFrame);
      if (!seen.has(name)) bump(totalUs, name, us);
      seen.add(name);
    }
  }
  const table = (title: string, map: Map<string, number>) =>
    `${title}\n` + [...map].sort((a, b) => b[1] - a[1]).slice(0, shown)
      .map(([name, us]) => `${(us / sends).toFixed(1).padStart(8)} µs  ${name}`).join("\n");
  return `${table("Self time for one send", selfUs)}\n\n${
    table("Time with callees for one send", totalUs)
  }\n`;
}

function nameOf({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const file = url.replace(/^.*\/(?=lib\/|tests\/)/, "").replace(/^.*\/(?=zod\/)/, "");
  return `${functionName || "(anonymous)"} ${file}${file === "" ? "" : `:${lineNumber + 1}`}`;
}
