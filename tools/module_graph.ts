import { importsOf, isCode, type ModuleImport, projectFiles } from "./module_imports.ts";

/** A directed graph: each node, and the nodes that it needs. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Code that looks at the project from outside: no part of its architecture. */
const outside: readonly string[] = ["tests", "docs", ".ci", "static"];

/** The part of the project that a file belongs to: a room of `lib/`, a loose file, or a folder at the top. */
export function partOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  return top === "lib" ? `lib/${second}` : top;
}

/** The project's code and its imports, tests included. */
export interface Modules {
  files: readonly string[];
  imports: readonly ModuleImport[];
}

/** Reads the project in the working directory. */
export function readModules(): Modules {
  const { imports: map } = JSON.parse(Deno.readTextFileSync("deno.json")) as {
    imports: Record<string, string>;
  };
  const files = projectFiles().filter(isCode);
  return { files, imports: files.flatMap((file) => importsOf(file, Deno.readTextFileSync(file), map)) };
}

/**
 * The graph of the project's own code, without tests and packages. `nodeOf` names the node of a file: the file itself, or
 * its part. Imports of types count like any other; imports inside one node do not.
 */
export function graphOf({ files, imports }: Modules, nodeOf: (file: string) => string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const file of files) if (!outside.includes(partOf(file))) graph.set(nodeOf(file), new Set());
  for (const { from, to } of imports) {
    if (to === null || nodeOf(from) === nodeOf(to)) continue;
    if (graph.has(nodeOf(to))) graph.get(nodeOf(from))?.add(nodeOf(to));
  }
  return graph;
}

/**
 * Strongly connected components (Tarjan): nodes that reach each other are in one. Each component comes after those that it
 * needs.
 */
export function componentsOf(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const components: string[][] = [];
  const visit = (node: string): number => {
    const number = order.size;
    order.set(node, number);
    let low = number;
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next)!);
    }
    if (low === number) components.push(open.splice(open.indexOf(node)).sort());
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return components;
}

/** Groups of nodes that import each other, directly or around. */
export function cyclesOf(graph: Graph): string[][] {
  return componentsOf(graph).filter((component) => component.length > 1);
}

/**
 * Nodes by layer, the lowest first: layer 1 needs nothing, and each other node is one above the highest that it needs. A
 * cycle is one node.
 */
export function layersOf(graph: Graph): string[][] {
  const layerOf = new Map<string, number>();
  const layers: string[][] = [];
  for (const component of componentsOf(graph)) {
    const below = component.flatMap((node) => [...graph.get(node) ?? []])
      .filter((node) => !component.includes(node));
    const layer = Math.max(-1, ...below.map((node) => layerOf.get(node)!)) + 1;
    for (const node of component) layerOf.set(node, layer);
    (layers[layer] ??= []).push(...component);
  }
  return layers.map((layer) => layer.sort());
}
