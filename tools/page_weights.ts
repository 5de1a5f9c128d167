/** UI-7: what the scripts of each page weigh, from what its route imports and from the bundles that were built of it. */

import { addressOf, pageFiles } from "./page_files.ts";

/** A page's own JavaScript is at most so much, gzipped, with all that it may load later. */
export const mostScriptBytes = 60 * 1024;

/** What a build made. URLs are paths. */
export interface BuiltScripts {
  /** What every page with an island loads first. */
  client: string;
  /** By the island's file, as a path from the project's root. */
  islands: ReadonlyMap<string, string>;
  read(url: string): Promise<string>;
}

/** Gzipped, in bytes. */
export interface Weight {
  /** Before the page is live. */
  atStart: number;
  /** With what it loads when somebody asks for it. */
  whole: number;
}

export interface PageWeight extends Weight {
  /** Its address, with the names of its parameters. */
  page: string;
  /** Files of the islands that it can show. */
  islands: string[];
}

/** Every page under `routes/`, heaviest first. */
export async function pageWeights(scripts: BuiltScripts): Promise<PageWeight[]> {
  const read = remembered(scripts.read);
  const weights = await Promise.all(
    pageFiles().map(async (file): Promise<PageWeight> => {
      const imported = importedBy([file, ...aroundPage(file)]);
      const islands = [...scripts.islands.keys()].filter((island) => imported.has(island));
      const urls = islands.flatMap((island) => scripts.islands.get(island) ?? []);
      const weight = await weigh(islands.length === 0 ? [] : [scripts.client, ...urls], read);
      return { page: addressOf(file), islands, ...weight };
    }),
  );
  return weights.sort((one, other) => other.whole - one.whole || (one.page < other.page ? -1 : 1));
}

/** The scripts at these URLs and all that they load. */
export async function weigh(entries: readonly string[], read: BuiltScripts["read"]): Promise<Weight> {
  const gzipped = async (urls: Set<string>) => {
    const sizes = await Promise.all([...urls].map(async (url) => await gzippedBytes(await read(url))));
    return sizes.reduce((sum, one) => sum + one, 0);
  };
  return {
    atStart: await gzipped(await reached(entries, read, /(?:from|import)\s*"(\.\/[\w-]+\.js)"/g)),
    whole: await gzipped(await reached(entries, read, /"(\.\/[\w-]+\.js)"/g)),
  };
}

/** A table for the console; a page over the limit is marked. */
export function weightTable(weights: readonly PageWeight[]): string[] {
  const width = Math.max(...weights.map(({ page }) => page.length));
  const row = (page: string, start: string, whole: string, mark = "") =>
    `${page.padEnd(width)}  ${start.padStart(9)}  ${whole.padStart(9)}${mark}`;
  return [
    row("page", "at start", "whole", `  JavaScript in bytes, gzipped; at most ${mostScriptBytes}`),
    ...weights.map(({ page, atStart, whole }) =>
      row(page, String(atStart), String(whole), whole > mostScriptBytes ? "  over the limit" : "")
    ),
  ];
}

async function reached(
  entries: readonly string[],
  read: BuiltScripts["read"],
  names: RegExp,
): Promise<Set<string>> {
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const folder = url.slice(0, url.lastIndexOf("/"));
    for (const [, name = ""] of (await read(url)).matchAll(names)) waiting.push(folder + name.slice(1));
  }
  return seen;
}

export async function gzippedBytes(text: string): Promise<number> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}

function remembered(read: BuiltScripts["read"]): BuiltScripts["read"] {
  const known = new Map<string, Promise<string>>();
  return (url) => {
    const found = known.get(url) ?? read(url);
    known.set(url, found);
    return found;
  };
}

/** The layouts and the app's frame that a page stands in. */
function aroundPage(file: string): string[] {
  const folders = file.split("/").slice(0, -1).map((_, at, parts) => parts.slice(0, at + 1).join("/"));
  return folders.flatMap((folder) => [`${folder}/_layout.tsx`, `${folder}/_app.tsx`]).filter(isFile);
}

/** Of a file of ours; what only gives types is not in the page. */
const valueImport = /^(?:import|export)\s(?!type\b)[^"';]*\sfrom\s+"(\.[^"]+\.tsx?)"/gm;

/** Everything that runs with these files, by the imports of values; paths from the project's root. */
function importedBy(files: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const code = Deno.readTextFileSync(file);
    for (const [, specifier = ""] of code.matchAll(valueImport)) {
      waiting.push(decodeURIComponent(new URL(specifier, `file:///${file}`).pathname).slice(1));
    }
  }
  return seen;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
