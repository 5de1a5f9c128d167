import { importsOf, withoutComments } from "../../tools/module_imports.ts";

/** Where a browser's code gets the addresses of this server (OP-10). */
const placing = "lib/browser/base_path.ts";

/** A text that begins with a path of ours: `"/files"`, `` `/files/${id}` ``. */
const inRoom = /(?<!\bplaced\()["'`]\/[a-z_]/;
/** What leads a browser somewhere, beside the elements that Preact draws: those are placed by its hook. */
const leads = [
  /\b(?:fetch|location\.assign|location\.replace|navigate|openWindow)\((?!placed\(|\))/,
  /\b(?:URL|WebSocket|EventSource|open|register|sendBeacon|pushState|replaceState)\([^)\n]*["'`]\//,
  /\bsetAttribute\("(?:href|src|action|poster|formaction)",\s*(?!\s|placed\()/,
  /\.(?:href|src|action|poster)\s*=\s*["'`]\//,
  /\bgetAttribute\([^)]*\)\s*[!=]==\s*["'`]\//,
];

/** OP-10: where a browser's code has a path that would miss the sub-path of the server, one line each. */
export function rawPaths(file: string, text: string): string[] {
  const rules = file === placing
    ? []
    : file.startsWith("lib/browser/")
    ? [inRoom]
    : /^(islands|components)\//.test(file)
    ? leads
    : [];
  return withoutComments(text).split("\n")
    .filter((line) => rules.some((rule) => rule.test(line)))
    .map((line) => `${file}: a path without placed(): ${line.trim()}`);
}

/** The islands that could draw before paths are placed: nothing that they import places them. */
export function unplacedIslands(files: readonly string[], textOf: (file: string) => string): string[] {
  const reaches = (file: string, seen = new Set<string>()): boolean => {
    if (file === placing) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    return importsOf(file, textOf(file), {}).some(({ to, typeOnly }) =>
      to !== null && !typeOnly && files.includes(to) && reaches(to, seen)
    );
  };
  return files.filter((file) => file.startsWith("islands/") && !reaches(file));
}
