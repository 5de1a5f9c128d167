/** `fresh/dev`: finds routes, islands and static files, bundles what goes to the browser. Needs write and run. */
import type { App } from "./app.ts";
import { OUT_DIR, readSnapshot, SNAPSHOT_FILE } from "./build.ts";
import type { Bundle } from "./bundle.ts";
import { contentType } from "./content_types.ts";
import { digestOf, hashOf, isSameContent, takeFingerprint } from "./fingerprint.ts";
import { codeOf, loadSnapshot, type Snapshot, SNAPSHOT_VERSION } from "./snapshot.ts";
import type { Mode } from "./types.ts";

export interface BuilderOptions {
  /** The project's folder. Default: the current one. */
  root?: string;
  outDir?: string;
  routeDir?: string;
  islandDir?: string;
  staticDir?: string;
  /** The file that exports `app`. */
  serverEntry?: string;
  /** Files and folders below the root that the build is made from, besides routes, islands and static files. */
  sources?: string[];
}

export interface BuiltBundle {
  file: string;
  sizeBytes: number;
  gzippedBytes: number;
}

/** Builds a project. `build()` gives what has to be called with the app before `app.handler()`. */
export class Builder {
  readonly root: string;
  #outDir: string;
  #routeDir: string;
  #islandDir: string;
  #staticDir: string;
  #serverEntry: string;
  #sources: string[];
  /** Bundles of the last build, largest first. */
  bundles: BuiltBundle[] = [];

  constructor(options: BuilderOptions = {}) {
    this.root = (options.root ?? Deno.cwd()).replace(/\/$/, "");
    this.#outDir = options.outDir ?? OUT_DIR;
    this.#routeDir = options.routeDir ?? "routes";
    this.#islandDir = options.islandDir ?? "islands";
    this.#staticDir = options.staticDir ?? "static";
    this.#serverEntry = options.serverEntry ?? "main.ts";
    this.#sources = [this.#routeDir, this.#islandDir, this.#staticDir, ...options.sources ?? []];
  }

  /** True when the build on the disk is missing, of another mode, or older than its sources. Fresh has no such thing. */
  async isStale(mode: Mode = "production"): Promise<boolean> {
    const snapshot = await readSnapshot(this.root, this.#outDir);
    if (snapshot === null || snapshot.mode !== mode) return true;
    const sources = [...this.#sources, ...Object.keys(snapshot.fingerprint)];
    const now = await takeFingerprint(this.root, sources, snapshot.fingerprint);
    return !isSameContent(now, snapshot.fingerprint);
  }

  /**
   * Writes `_fresh/`, whose `server.js` gives the app what was built. With `memory`, for tests, nothing is written, and what
   * comes back does that.
   */
  async build(
    { mode = "production", snapshot: where = "disk" }: { mode?: Mode; snapshot?: "disk" | "memory" } = {},
  ): Promise<<State>(app: App<State>) => void> {
    const { snapshot, files } = await this.#make(mode);
    if (where === "disk") {
      await this.#write(snapshot, files);
      return () => {
        throw new Error(`The build was written: import ${this.#outDir}/server.js`);
      };
    }
    const memory = new Map([...files].map(([name, bytes]) => [bundleUrl(snapshot.buildId, name), bytes]));
    return await loadSnapshot(this.root, this.#routeDir, snapshot, { memory });
  }

  async #make(mode: Mode): Promise<{ snapshot: Snapshot; files: Map<string, Uint8Array<ArrayBuffer>> }> {
    const named = await takeFingerprint(this.root, this.#sources);
    const { routes, islands } = this.#sort(Object.keys(named).sort());
    const clientFile = decodeURIComponent(new URL("./client.ts", import.meta.url).pathname);
    const entries: Record<string, string> = islands.length === 0 ? {} : { [CLIENT]: clientFile };
    for (const { name, file } of islands) entries[name] = `${this.root}/${file}`;

    // Loaded only here: asking whether a build is stale must not cost the bundler's start.
    const { bundle, readGraph } = await import("./bundle.ts");
    const graph = await readGraph(Object.values(entries), configAbove(this.root));
    const imported = graph.modules.flatMap(({ local }) => local?.startsWith(`${this.root}/`) ? [local] : [])
      .map((file) => file.slice(this.root.length + 1));
    const fingerprint = await takeFingerprint(this.root, [...this.#sources, ...imported], named);
    const buildId = digestOf(fingerprint).slice(0, 16);
    const { entries: built, files } = islands.length === 0
      ? { entries: {} as Bundle["entries"], files: new Map<string, Uint8Array<ArrayBuffer>>() }
      : await bundle(entries, graph, { buildId, mode });
    const located = (name: string) => {
      const { file, imports } = built[name] ?? { file: "none.js", imports: [] };
      return { url: bundleUrl(buildId, file), imports: imports.map((path) => bundleUrl(buildId, path)) };
    };

    const served: Snapshot["files"] = {};
    for (const source of Object.keys(fingerprint).sort()) {
      const stamp = fingerprint[source];
      if (!source.startsWith(`${this.#staticDir}/`) || stamp === undefined) continue;
      const { sizeBytes, hash } = stamp;
      served[source.slice(this.#staticDir.length)] = {
        file: source,
        type: contentType(source),
        sizeBytes,
        hash,
      };
    }
    this.bundles = [];
    for (const [name, bytes] of files) {
      const url = bundleUrl(buildId, name);
      const file = `${this.#outDir}${url.slice("/_fresh".length)}`;
      served[url] = { file, type: contentType(name), sizeBytes: bytes.length, hash: hashOf(bytes) };
      this.bundles.push({ file: name, sizeBytes: bytes.length, gzippedBytes: await gzippedSize(bytes) });
    }
    this.bundles.sort((a, b) => b.gzippedBytes - a.gzippedBytes);
    const snapshot: Snapshot = {
      version: SNAPSHOT_VERSION,
      buildId,
      mode,
      fingerprint,
      client: located(CLIENT),
      islands: islands.map(({ name, file }) => ({ name, file, ...located(name) })),
      routes,
      files: served,
    };
    return { snapshot, files };
  }

  /** Which of the sources are routes and which islands; folders named `(_x)` hold neither, save `(_islands)`. */
  #sort(sources: string[]): { routes: string[]; islands: { name: string; file: string }[] } {
    const routes: string[] = [];
    const islands: { name: string; file: string }[] = [];
    const names = new Set([CLIENT]);
    for (const file of sources) {
      if (!/\.[jt]sx?$/.test(file) || /[._]test\.[jt]sx?$/.test(file)) continue;
      const isRoute = file.startsWith(`${this.#routeDir}/`);
      const hidden = isRoute ? /\/\((_[^/)]+)\)\//.exec(file)?.[1] : undefined;
      if (file.startsWith(`${this.#islandDir}/`) || hidden === "_islands") {
        islands.push({ name: islandName(file, names), file });
      } else if (isRoute && hidden === undefined) {
        routes.push(file.slice(this.#routeDir.length + 1));
      }
    }
    return { routes, islands };
  }

  /** The snapshot comes last, by a rename, so that a server never finds one whose bundles are not there yet. */
  async #write(snapshot: Snapshot, files: Map<string, Uint8Array<ArrayBuffer>>): Promise<void> {
    const out = `${this.root}/${this.#outDir}`;
    const scripts = `${out}/js/${snapshot.buildId}`;
    await Deno.mkdir(scripts, { recursive: true });
    for (const [name, bytes] of files) await Deno.writeFile(`${scripts}/${name}`, bytes);
    await Deno.writeTextFile(
      `${out}/server.js`,
      serverScript(this.#serverEntry, codeOf(snapshot, this.#routeDir)),
    );
    await Deno.writeTextFile(`${out}/${SNAPSHOT_FILE}.new`, JSON.stringify(snapshot));
    await Deno.rename(`${out}/${SNAPSHOT_FILE}.new`, `${out}/${SNAPSHOT_FILE}`);
    for await (const { name } of Deno.readDir(`${out}/js`)) {
      if (name !== snapshot.buildId) await Deno.remove(`${out}/js/${name}`, { recursive: true });
    }
  }
}

const CLIENT = "client";

/**
 * What starts a build: the same names as in the one that Fresh writes. It imports routes and islands by name, as the runtime
 * loads what is imported while it runs with twice the CPU.
 */
function serverScript(serverEntry: string, code: readonly string[]): string {
  return [
    'import { loadBuild } from "fresh/internal";',
    `import { app } from ${JSON.stringify(`../${serverEntry}`)};`,
    ...code.map((file, at) => `import * as m${at} from ${JSON.stringify(importPath(file))};`),
    "",
    `const modules = {\n${code.map((file, at) => `  ${JSON.stringify(file)}: m${at},`).join("\n")}\n};`,
    '(await loadBuild(new URL("..", import.meta.url), modules))(app);',
    "export default { fetch: app.handler() };",
    "",
  ].join("\n");
}

/** Each part is encoded: names such as `[id]` and `(group)` are common. */
function importPath(file: string): string {
  return `../${file.split("/").map(encodeURIComponent).join("/")}`;
}

function bundleUrl(buildId: string, file: string): string {
  return `/_fresh/js/${buildId}/${file}`;
}

/** A JavaScript name for an island's file that no other island has. */
function islandName(file: string, taken: Set<string>): string {
  const base = file.replace(/^.*?\/(?:.*\(_islands\)\/)?/, "").replace(/\.\w+$/, "").replace(/\W+/g, "_");
  const plain = /^\d/.test(base) ? `_${base}` : base;
  let name = plain;
  for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
  taken.add(name);
  return name;
}

/** The configuration that Deno would find for files in a folder. */
function configAbove(root: string): string {
  for (let dir = root;; dir = dir.slice(0, dir.lastIndexOf("/"))) {
    const file = `${dir}/deno.json`;
    try {
      if (Deno.statSync(file).isFile) return file;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (dir === "") throw new Error(`There is no deno.json at or above ${root}`);
  }
}

async function gzippedSize(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
