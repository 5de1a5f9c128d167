import type { Method } from "./types.ts";

export const METHODS: readonly Method[] = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

const PATTERN_SYNTAX = /[*:{}+?()]/;

interface Entry<T> {
  path: string;
  /** Null for a path without pattern syntax. */
  pattern: URLPattern | null;
  chains: Map<Method, readonly T[]>;
}

export interface Match<T> {
  /** The registered path, or null where none matches. */
  path: string | null;
  /** Null where the path matches and the method does not. */
  chain: readonly T[] | null;
  params: Record<string, string>;
  /** Methods of the matching path, for `Allow`. */
  allowed: Method[];
}

/**
 * Finds what was registered for a URL: literal paths first, with or without a slash at the end, then patterns in the
 * order of registration.
 */
export class Router<T> {
  #literals = new Map<string, Entry<T>>();
  #patterns = new Map<string, Entry<T>>();

  /** The first registration for a path and method counts. */
  add(methods: readonly Method[], path: string, chain: readonly T[]): void {
    const isPattern = PATTERN_SYNTAX.test(path);
    const entries = isPattern ? this.#patterns : this.#literals;
    let entry = entries.get(path);
    if (entry === undefined) {
      entry = { path, pattern: isPattern ? new URLPattern({ pathname: path }) : null, chains: new Map() };
      entries.set(path, entry);
    }
    for (const method of methods) {
      if (!entry.chains.has(method)) entry.chains.set(method, chain);
    }
  }

  match(method: Method, pathname: string): Match<T> {
    const literal = this.#literals.get(pathname) ?? this.#literals.get(otherSlash(pathname));
    if (literal !== undefined) return found(literal, method, {});
    for (const entry of this.#patterns.values()) {
      const groups = entry.pattern?.exec({ pathname })?.pathname.groups;
      if (groups !== undefined) return found(entry, method, groups);
    }
    return { path: null, chain: null, params: {}, allowed: [] };
  }
}

function otherSlash(pathname: string): string {
  return pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
}

function found<T>(entry: Entry<T>, method: Method, groups: Record<string, string | undefined>): Match<T> {
  // As in Fresh, whose router knows no other methods: the app looks at them before.
  if (!METHODS.includes(method)) throw new TypeError(`The router has no method ${method}`);
  const { chains, path } = entry;
  const chain = chains.get(method) ?? (method === "HEAD" ? chains.get("GET") : undefined) ?? null;
  const params: Record<string, string> = Object.create(null);
  // Throws for what is no UTF-8 once decoded, as Fresh's router does: the app looks at paths before.
  if (chain !== null) {
    for (const [name, value] of Object.entries(groups)) params[name] = decodeURI(value ?? "");
  }
  return { path, chain, params, allowed: [...chains.keys()] };
}

/** Puts `path` under `base`; `*` stands for everything below. */
export function joinPaths(base: string, path: string): string {
  const prefix = base.replace(/\*$/, "").replace(/\/$/, "");
  if (path === "*" || path === "/*") return `${prefix}/*`;
  if (path === "/" || path === "") return prefix === "" ? "/" : prefix;
  return prefix + (path.startsWith("/") ? path : `/${path}`);
}
