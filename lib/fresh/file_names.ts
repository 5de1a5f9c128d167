/** What the names of files under `routes/` mean. */

export type RouteFileKind = "app" | "layout" | "middleware" | "error" | "notFound" | "page";

const SPECIAL: Record<string, RouteFileKind> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

export interface RouteFileName {
  kind: RouteFileKind;
  /** Folders from `routes/` down, groups included: who inherits from whom. */
  folders: string[];
  /** URLPattern path of a page, groups left out. */
  path: string;
}

/** `id` is the path below `routes/` without extension. Throws SyntaxError for names that no URL can match. */
export function readFileName(id: string): RouteFileName {
  const parts = id.split("/");
  const last = parts.at(-1) ?? "";
  if (last === "_500" && parts.length > 1) {
    throw new SyntaxError(`Fresh knows _500 only right below routes/: name "${id}" _error`);
  }
  return {
    kind: Object.hasOwn(SPECIAL, last) ? SPECIAL[last] ?? "page" : "page",
    folders: parts.slice(0, -1),
    path: urlPath(id, last === "index" ? parts.slice(0, -1) : parts),
  };
}

function urlPath(id: string, parts: string[]): string {
  const path = parts.filter((part) => !/^\(.*\)$/.test(part)).map((part) => urlSegment(id, part)).join("");
  // With nothing but optional parameters the slash is the page's own.
  return (/^(\{[^}]*\}\?)+$/.test(path) ? path.replace("{/", "/{") : path) || "/";
}

function urlSegment(id: string, part: string): string {
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
  if (rest !== null) return `/:${rest[1]}*`;
  const optional = /^\[\[(\w+)\]\]$/.exec(part);
  if (optional !== null) return `{/:${optional[1]}}?`;
  if (part.includes("][")) throw new SyntaxError(`Put a character between the parameters of route "${id}"`);
  const segment = part.replace(/\[(\w+)\]/g, ":$1");
  if (/[[\]]/.test(segment)) throw new SyntaxError(`Unreadable parameter in the name of route "${id}"`);
  return `/${segment}`;
}

/** How soon a segment is tried: literal, part literal, parameter, optional, rest. */
function rank(segment: string): number {
  if (segment.endsWith("*")) return 4;
  if (segment.includes("{")) return 3;
  if (segment.startsWith(":")) return /^:\w+$/.test(segment) ? 2 : 1;
  return segment.includes(":") ? 1 : 0;
}

/** Sorts paths so that the more literal one is tried first. */
export function compareSpecificity(a: string, b: string): number {
  const split = (path: string) => path.replaceAll("{/", "/{").split("/").slice(1);
  const [left, right] = [split(a), split(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [l, r] = [left[i], right[i]];
    // The shorter path is tried first unless what the longer one adds is literal: nothing is lost either way.
    if (l === undefined) return -1;
    if (r === undefined) return 1;
    if (rank(l) !== rank(r)) return rank(l) - rank(r);
    if (l !== r && rank(l) === 0) return l < r ? -1 : 1;
  }
  return 0;
}
