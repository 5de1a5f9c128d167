/** One import of a file: the specifier it names, and the file behind it (null for packages and built-ins). */
export interface ModuleImport {
  from: string;
  specifier: string;
  to: string | null;
  typeOnly: boolean;
}

const roots = ["lib", "routes", "islands", "components", "sdk", "tools", "tests", "static", "docs", ".ci"];
/** What tools of Python leave in `sdk/python`. */
const caches = ["__pycache__", ".mypy_cache", ".ruff_cache"];
const statement = /^[ \t]*(import|export)\s+(type\s+)?(?:[^"'`;]*?\sfrom\s*)?["']([^"']+)["']/gm;
const dynamic = /\bimport\(\s*["']([^"']+)["']/g;

/** Every file of the project as a path from its root, without built files and data. */
export function projectFiles(): string[] {
  const files = [...Deno.readDirSync(".")].filter((entry) => entry.isFile).map((entry) => entry.name);
  const walk = (dir: string) => {
    for (const entry of Deno.readDirSync(dir)) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory && path !== "tests/.out" && !caches.includes(entry.name)) walk(path);
      if (entry.isFile) files.push(path);
    }
  };
  for (const root of roots) {
    try {
      walk(root);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  // `.git` is a file in a worktree.
  return files.filter((file) => file !== ".env" && file !== ".git").sort();
}

export function isCode(file: string): boolean {
  return /\.tsx?$/.test(file);
}

/** Static and dynamic imports of one file; `map` is the import map for the project's own names. */
export function importsOf(file: string, text: string, map: Record<string, string>): ModuleImport[] {
  const code = withoutComments(text);
  const found: ModuleImport[] = [];
  for (const [, , type, specifier] of code.matchAll(statement)) {
    found.push({
      from: file,
      specifier: specifier!,
      to: resolve(file, specifier!, map),
      typeOnly: type !== undefined,
    });
  }
  for (const [, specifier] of code.matchAll(dynamic)) {
    found.push({ from: file, specifier: specifier!, to: resolve(file, specifier!, map), typeOnly: false });
  }
  return found;
}

/** Removes whole-line comments only: a comment behind code on a line cannot look like an import statement. */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, "").replace(/^[ \t]*\/\/.*$/gm, "");
}

function resolve(file: string, specifier: string, map: Record<string, string>): string | null {
  const mapped = map[specifier] ?? specifier;
  if (mapped.startsWith("npm:") || mapped.startsWith("node:") || !/^\.{0,2}\//.test(mapped)) return null;
  // The import map's paths start at the project's root, others at the file.
  const base = mapped === specifier ? new URL(file, "file:///") : new URL("file:///");
  return decodeURIComponent(new URL(mapped, base).pathname.slice(1));
}
