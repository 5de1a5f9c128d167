import type { ComponentChildren } from "preact";
import type { Build, Island } from "./build_types.ts";

export type Props = Record<string, unknown> & { children?: ComponentChildren };

/** An element for the head. */
export interface HeadItem {
  type: string;
  props: Props;
}

/** State of the page that is being rendered. */
export class Page {
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  /** Which of html, head and body the page rendered itself. */
  readonly seen = new Set<string>();
  readonly head = new Map<string, HeadItem>();
  readonly islands = new Set<Island>();
  readonly props: Record<string, unknown>[] = [];
  readonly slots: { children: ComponentChildren; isRendered: boolean }[] = [];

  constructor(readonly build: Build | null, readonly basePath: string, readonly pathname: string) {}

  preload(): string[] {
    const client = this.build?.client;
    if (this.islands.size === 0 || client === undefined) return [];
    const urls = [client, ...this.islands].flatMap(({ url, imports }) => [url, ...imports]);
    return [...new Set(urls)].map((url) => this.basePath + url);
  }
}

/** Marks links to the current page and to the ones above it, as Fresh does. */
export function linkMarks(pathname: string, href: unknown): Record<string, string> | null {
  if (typeof href !== "string" || !href.startsWith("/") || !URL.canParse(href, "http://self.invalid")) {
    return null;
  }
  const trimmed = (path: string) => path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  const target = trimmed(new URL(href, "http://self.invalid").pathname);
  const current = trimmed(pathname);
  if (target === current) return { "data-current": "true", "aria-current": "page" };
  if (target === "/" || current.startsWith(`${target}/`)) {
    return { "data-ancestor": "true", "aria-current": "true" };
  }
  return null;
}

/** Elements of the head with the same key replace one another. */
export function headKey(type: string, key: unknown, props: Props): string {
  if (typeof key === "string" || typeof key === "number") return `key:${key}`;
  if (type === "title") return type;
  const skipped = new Set(["children", "nonce", "ref", type === "meta" ? "content" : "children"]);
  const parts = Object.keys(props).filter((name) => !skipped.has(name)).sort()
    .map((name) => {
      const value = props[name];
      const text = name === "dangerouslySetInnerHTML" ? (value as { __html?: unknown }).__html : value;
      return `${name}=${String(text)}`;
    });
  return [type, ...parts].join("\n");
}
