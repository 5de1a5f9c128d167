/** What of the project goes into a package, and the packages that it needs there. */
import { infoOfShipped } from "../licences.ts";
import { importsOf } from "../module_imports.ts";

/** Threads, which nothing imports: their files are named by `new URL(…)`. */
const threads = /\bnew URL\("(\.[^"]+_?worker\.ts)", import\.meta\.url\)/g;

/** What `deno task build` wrote, and asks for Fresh by its names. */
const built = "_fresh/server.js";

/** Folders and files that a server serves or an operator reads, besides the code. */
const more = [
  "_fresh",
  "static",
  "deploy",
  "docs",
  "README.md",
  "CHANGELOG.md",
  // For clamd, by docs/operations.md.
  "lib/adapters/clamd/unread.ndb",
];

interface ProjectFile {
  imports: Record<string, string>;
  unstable: readonly string[];
  compilerOptions: Readonly<Record<string, unknown>>;
}

/**
 * Copies the server, its pages, the tools and what they import into `app`, and installs their packages there, in the
 * versions of `deno.lock`. Gives the code's files.
 */
export async function copyApp(root: string, app: string, tools: readonly string[]): Promise<string[]> {
  const files = await codeOf(root, tools);
  for (const file of files) await copied(`${root}/${file}`, `${app}/${file}`);
  for (const path of more) await copiedWhole(`${root}/${path}`, `${app}/${path}`);
  const project: ProjectFile = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const imports = await importsIn(root, files, project.imports);
  const { unstable, compilerOptions } = project;
  const config = (nodeModulesDir: "auto" | "manual", lock: boolean) =>
    Deno.writeTextFile(
      `${app}/deno.json`,
      JSON.stringify({ unstable, nodeModulesDir, lock, imports, compilerOptions }, null, 2) + "\n",
    );
  await config("auto", true);
  await Deno.copyFile(`${root}/deno.lock`, `${app}/deno.lock`);
  await install(app, [...new Set(["main.ts", ...tools])]);
  await sameVersions(`${root}/deno.lock`, `${app}/deno.lock`);
  // What Deno notes for its next install has paths of this machine.
  for (const name of [".deno.lock", ".setup-cache.bin"]) {
    await removed(`${app}/node_modules/.deno/${name}`);
    await removed(`${app}/node_modules/${name}`);
  }
  await removed(`${app}/deno.lock`);
  await config("manual", false);
  return files;
}

/** Paths from the root, of all that the server, its pages, its threads and the tools import. */
async function codeOf(root: string, tools: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  let entries = [built, ...tools];
  // A thread's own imports show only once its file is asked for.
  for (let known = -1; known < entries.length;) {
    known = entries.length;
    const { modules } = await infoOfShipped(root, entries);
    for (const { local } of modules) {
      if (local?.startsWith(`${root}/`) && !local.endsWith("/shipped.ts")) {
        found.add(local.slice(root.length + 1));
      }
    }
    const started = await Promise.all([...found].map((file) => threadsOf(root, file)));
    entries = [...new Set([...entries, ...started.flat()])];
  }
  return [...found].sort();
}

async function threadsOf(root: string, file: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${root}/${file}`);
  return [...text.matchAll(threads)].map(([, path]) => new URL(path!, `file:///${file}`).pathname.slice(1));
}

/** The part of the import map that this code uses. */
async function importsIn(
  root: string,
  files: readonly string[],
  map: Record<string, string>,
): Promise<Record<string, string>> {
  // JSX asks for it, and no import says so.
  const used = new Set(["preact", "preact/jsx-runtime"]);
  for (const file of files) {
    for (const { specifier } of importsOf(file, await Deno.readTextFile(`${root}/${file}`), map)) {
      used.add(specifier);
    }
  }
  return Object.fromEntries(Object.entries(map).filter(([name]) => used.has(name)));
}

async function install(app: string, entries: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--entrypoint", ...entries],
    cwd: app,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The packages cannot be installed: ${new TextDecoder().decode(stderr)}`);
}

/** An install may add to a lock; a package must have nothing that the project's own lock does not know. */
async function sameVersions(project: string, installed: string): Promise<void> {
  const packagesIn = async (path: string) =>
    Object.keys((JSON.parse(await Deno.readTextFile(path)) as { npm?: object }).npm ?? {});
  const known = new Set(await packagesIn(project));
  const strange = (await packagesIn(installed)).filter((id) => !known.has(id));
  if (strange.length > 0) throw new Error(`Not in deno.lock: ${strange.join(", ")}`);
}

async function copied(from: string, to: string): Promise<void> {
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(from, to);
}

async function copiedWhole(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await copied(from, to);
  for await (const { name } of Deno.readDir(from)) await copiedWhole(`${from}/${name}`, `${to}/${name}`);
}

async function removed(path: string): Promise<void> {
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
