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
  readonly head = new Map<unknown, HeadItem>();
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

/** Marks links to the current page and to the ones above it, as Fresh does. The author's own `aria-current` stays. */
export function linkMarks(pathname: string, props: Props): Record<string, unknown> | null {
  const { href, "aria-current": own } = props;
  if (typeof href !== "string" || !href.startsWith("/") || !URL.canParse(href, "http://self.invalid")) {
    return null;
  }
  const trimmed = (path: string) => path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  const target = trimmed(new URL(href, "http://self.invalid").pathname);
  const current = trimmed(pathname);
  if (target === current) return { "data-current": "true", "aria-current": own ?? "page" };
  if (target === "/" || current.startsWith(`${target}/`)) {
    return { "data-ancestor": "true", "aria-current": own ?? "true" };
  }
  return null;
}

/** Properties that do not tell two elements of one kind apart, whatever their value. */
const SAME: Record<string, string> = { meta: "content", link: "href" };

/**
 * Elements of the head with the same key replace one another. Without a key of their own, links of one kind do so
 * whatever their `href`, as in Fresh: give a second one a key.
 */
export function headKey(type: string, key: unknown, props: Props): unknown {
  if (key !== undefined && key !== null) return key;
  if (type === "title") return type;
  const skipped = new Set(["children", "nonce", "ref", SAME[type]]);
  const parts = Object.keys(props).filter((name) => !skipped.has(name)).sort()
    .map((name) => {
      const value = props[name];
      return String(name === "dangerouslySetInnerHTML" ? (value as { __html?: unknown }).__html : value);
    });
  // Values without their names, as in Fresh: a meta's name and another's property can be the same.
  return [type, ...parts].join("\n");
}
