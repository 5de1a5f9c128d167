/** Bundles islands for the browser with esbuild. npm packages are taken from Deno's cache, without node_modules. */
import * as esbuild from "esbuild";
import type { Mode } from "./types.ts";

/** `deno info --json`: as much of it as is used here. */
export interface Graph {
  modules: {
    local?: string;
    specifier: string;
    npmPackage?: string;
    dependencies?: Dependency[];
    error?: string;
  }[];
  redirects: Record<string, string>;
  npmPackages: Record<string, { name: string; dependencies: string[]; localPath?: string }>;
}

interface Dependency {
  specifier: string;
  code?: { specifier?: string; error?: string };
}

export interface Bundle {
  /** By the name of the entry: its file and the files that it imports, as paths below the output folder. */
  entries: Record<string, { file: string; imports: string[] }>;
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Paths of all source files that went in. */
  inputs: string[];
}

/** `entries` gives each bundle's name and source file, `graph` what they import. */
export async function bundle(
  entries: Record<string, string>,
  graph: Graph,
  { buildId, mode }: { buildId: string; mode: Mode },
): Promise<Bundle> {
  const outdir = "/out";
  const building = esbuild.build({
    entryPoints: entries,
    outdir,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    absWorkingDir: "/",
    bundle: true,
    splitting: true,
    minify: mode === "production",
    sourcemap: mode === "production" ? false : "inline",
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    // The browsers of spring 2023: they have all that the bundles use, so next to nothing is rewritten.
    target: ["chrome111", "firefox114", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { FRESH_BUILD_ID: JSON.stringify(buildId), "process.env.NODE_ENV": JSON.stringify(mode) },
    tsconfigRaw: {},
    logLevel: "silent",
    plugins: [{ name: "deno", setup: (build) => resolveLikeDeno(build, graph) }],
  });
  // Its process would keep this one alive.
  const result = await building.finally(() => esbuild.stop());

  const relative = (path: string) => path.replace(/^\/?out\//, "");
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path, contents } of result.outputFiles) files.set(relative(path), new Uint8Array(contents));
  const { outputs } = result.metafile;
  const importsOf = (path: string, seen = new Set<string>()): Set<string> => {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind !== "import-statement" || seen.has(imported)) continue;
      seen.add(imported);
      importsOf(imported, seen);
    }
    return seen;
  };
  const named = new Map(Object.entries(entries).map(([name, file]) => [file.slice(1), name]));
  const found: Bundle["entries"] = {};
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    const name = entryPoint === undefined ? undefined : named.get(entryPoint);
    if (name !== undefined) {
      found[name] = { file: relative(path), imports: [...importsOf(path)].map(relative) };
    }
  }
  return { entries: found, files, inputs: Object.keys(result.metafile.inputs) };
}

/** What the files import, all the way down; `configFile` is the deno.json whose import map holds. */
export async function readGraph(files: string[], configFile: string): Promise<Graph> {
  const graphs = await Promise.all(files.map((file) => denoInfo(file, configFile)));
  const missing = graphs.some(({ npmPackages }) =>
    Object.values(npmPackages).some(({ localPath }) => localPath === undefined || !exists(localPath))
  );
  // On a fresh machine the graph is known before the packages are there.
  if (missing) await deno(["cache", "--quiet", "--config", configFile, ...files]);
  return {
    modules: graphs.flatMap(({ modules }) => modules),
    redirects: Object.assign({}, ...graphs.map(({ redirects }) => redirects)),
    npmPackages: Object.assign({}, ...graphs.map(({ npmPackages }) => npmPackages)),
  };
}

async function denoInfo(file: string, configFile: string): Promise<Graph> {
  const graph = JSON.parse(await deno(["info", "--json", "--config", configFile, file])) as Graph;
  const broken = graph.modules.find(({ error }) => error !== undefined);
  if (broken !== undefined) throw new Error(`${broken.specifier}: ${broken.error}`);
  return graph;
}

async function deno(args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`deno ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Local modules import what Deno says they do; packages import their own version of each dependency. */
function resolveLikeDeno(build: esbuild.PluginBuild, graph: Graph): void {
  const imports = new Map<string, Map<string, string>>();
  const packageOf = new Map<string, string>();
  for (const { local, specifier, npmPackage, dependencies } of graph.modules) {
    if (npmPackage !== undefined) packageOf.set(specifier, npmPackage);
    if (local === undefined) continue;
    const known = imports.get(local) ?? new Map<string, string>();
    for (const { specifier, code } of dependencies ?? []) {
      if (code?.specifier !== undefined) known.set(specifier, code.specifier);
    }
    imports.set(local, known);
  }
  const packages = Object.entries(graph.npmPackages)
    .sort(([, a], [, b]) => (b.localPath?.length ?? 0) - (a.localPath?.length ?? 0));

  /** `name` and `name/sub` resolve inside the package itself, which is how its `exports` apply without node_modules. */
  const inPackage = async (id: string, specifier: string, kind: esbuild.ImportKind) => {
    const dir = graph.npmPackages[id]?.localPath;
    if (dir === undefined) return { errors: [{ text: `The package ${id} is not in Deno's cache` }] };
    const own = { resolveDir: dir, kind, pluginData: { isOwn: true } };
    const result = await build.resolve(specifier, own);
    if (result.errors.length === 0) return result;
    const sub = specifier.split("/").slice(specifier.startsWith("@") ? 2 : 1).join("/");
    return await build.resolve(`./${sub}`, own);
  };

  build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, pluginData }) => {
    if (kind === "entry-point" || (pluginData as { isOwn?: boolean } | undefined)?.isOwn) return undefined;
    const target = imports.get(importer)?.get(path);
    if (target?.startsWith("file:")) return { path: decodeURIComponent(new URL(target).pathname) };
    if (target?.startsWith("npm:")) {
      const exact = graph.redirects[target] ?? target;
      const id = packageOf.get(exact);
      const name = id === undefined ? undefined : graph.npmPackages[id]?.name;
      if (id === undefined || name === undefined) return { errors: [{ text: `Unknown package: ${target}` }] };
      const sub = exact.replace(/^npm:\/?/, "").split("/").slice(name.startsWith("@") ? 2 : 1);
      return await inPackage(id, [name, ...sub].join("/"), kind);
    }
    if (/^[./#]/.test(path)) return undefined;
    const name = path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");
    const from = packages.find(([, { localPath }]) =>
      localPath !== undefined && importer.startsWith(`${localPath}/`)
    );
    // A package may also import itself by its name.
    const id = [from?.[0] ?? "", ...from?.[1].dependencies ?? []].find((id) =>
      graph.npmPackages[id]?.name === name
    );
    if (id !== undefined) return await inPackage(id, path, kind);
    return {
      errors: [{ text: `Islands cannot import "${path}": it is not for browsers or not in the import map` }],
    };
  });
}
