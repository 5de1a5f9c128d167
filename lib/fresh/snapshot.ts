/** What a build leaves for the server, and how an app gets it. */
import type { ComponentType } from "preact";
import { type App, applyBuild } from "./app.ts";
import type { Build, Island, RouteFile, StaticFile } from "./build_types.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { Mode } from "./types.ts";

export const SNAPSHOT_VERSION = 2;

/** Bundle URLs are paths without the base path; files are paths below the root. */
export interface Snapshot {
  version: typeof SNAPSHOT_VERSION;
  buildId: string;
  mode: Mode;
  /** Of everything the build was made from. */
  fingerprint: Fingerprint;
  client: { url: string; imports: string[] };
  islands: { file: string; name: string; url: string; imports: string[] }[];
  /** Paths below `routes/` with their extension. */
  routes: string[];
  files: Record<string, { file: string; type: string; sizeBytes: number; hash: string }>;
}

/** Files up to this size are kept in memory once they were asked for. */
const KEPT_FILE_BYTES = 1024 * 1024;

/** What files export, by their paths below the root. */
export type Modules = Readonly<Record<string, Record<string, unknown>>>;

interface Loaded {
  /** Files that are not on the disk. */
  memory?: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Routes and islands that were imported already. */
  modules?: Modules;
}

/** Files with code that a server of this snapshot needs, in the order of `loadSnapshot`. */
export function codeOf({ islands, routes }: Snapshot, routeDir: string): string[] {
  return [...islands.map(({ file }) => file), ...routes.map((file) => `${routeDir}/${file}`)];
}

/** Imports the routes and islands of a snapshot. */
export async function loadSnapshot(
  root: string,
  routeDir: string,
  snapshot: Snapshot,
  { memory = new Map(), modules: known = {} }: Loaded = {},
): Promise<<State>(app: App<State>) => void> {
  const files = codeOf(snapshot, routeDir);
  const missing = files.filter((file) => !Object.hasOwn(known, file));
  const imported = await importFiles(missing.map((file) => `${root}/${file}`));
  const modules = files.map((file) => known[file] ?? imported[missing.indexOf(file)]!);
  const islands = new Map<ComponentType, Island>();
  for (const [at, { name, url, imports }] of snapshot.islands.entries()) {
    for (const [exportName, value] of Object.entries(modules[at]!)) {
      if (typeof value !== "function") continue;
      const ownName = exportName === "default" ? name : `${name}_${exportName}`;
      islands.set(value as ComponentType, { name: ownName, exportName, url, imports });
    }
  }
  const routes = snapshot.routes.map((file, at): RouteFile => ({
    id: file.replace(/\.\w+$/, ""),
    module: modules[snapshot.islands.length + at]!,
  }));

  const kept = new Map<string, Uint8Array<ArrayBuffer>>(memory);
  const build: Build = {
    id: snapshot.buildId,
    mode: snapshot.mode,
    root,
    client: snapshot.client,
    islands,
    routes,
    staticFile(path): StaticFile | null {
      const entry = Object.hasOwn(snapshot.files, path) ? snapshot.files[path] : undefined;
      if (entry === undefined) return null;
      const { file, type, sizeBytes, hash } = entry;
      return { type, sizeBytes, hash, body: () => fileBody(`${root}/${file}`, path, sizeBytes, kept) };
    },
  };
  return (app) => applyBuild(app as unknown as App<never>, build);
}

async function fileBody(
  file: string,
  path: string,
  sizeBytes: number,
  kept: Map<string, Uint8Array<ArrayBuffer>>,
): Promise<BodyInit> {
  const bytes = kept.get(path);
  if (bytes !== undefined) return bytes;
  if (sizeBytes > KEPT_FILE_BYTES) return (await Deno.open(file)).readable;
  const read = await Deno.readFile(file);
  kept.set(path, read);
  return read;
}

/**
 * The modules of these files, in their order. One import for all: the runtime goes through the whole graph for each call, and
 * a hundred calls were a third of a start.
 */
async function importFiles(paths: readonly string[]): Promise<Record<string, unknown>[]> {
  if (paths.length === 0) return [];
  const lines = paths.map((path, at) => `export * as m${at} from ${JSON.stringify(fileUrl(path).href)};`);
  const script = `data:text/javascript,${encodeURIComponent(lines.join("\n"))}`;
  const modules: Record<string, Record<string, unknown>> = await import(script);
  return paths.map((_, at) => modules[`m${at}`]!);
}

/** Each part is encoded: names such as `[id]` and `(group)` are common. */
export function fileUrl(path: string): URL {
  const parts = path.replaceAll("\\", "/").split("/").map(encodeURIComponent);
  return new URL(`file://${path.startsWith("/") ? "" : "/"}${parts.join("/").replaceAll("%3A", ":")}`);
}
