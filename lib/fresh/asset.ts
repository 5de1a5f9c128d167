import { buildId } from "./build_id.ts";

/** Query parameter that ties a URL to one build, so that it can be cached for a year. */
export const CACHE_KEY = "__frsh_c";

// Any host does: it only serves to tell absolute paths of this site from everything else.
const SELF = "https://self.invalid";

/** The path tied to this build. Other sites' URLs and relative paths come back as they are. */
export function asset(path: string, basePath = ""): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  if (!URL.canParse(path, SELF)) return path;
  const url = new URL(path, SELF);
  if (url.origin !== SELF || url.searchParams.has(CACHE_KEY)) return path;
  url.searchParams.set(CACHE_KEY, buildId());
  const prefix = basePath === "/" ? "" : basePath;
  return prefix + url.pathname + url.search + url.hash;
}

/** `asset()` for every URL of a `srcset`. A set that is not a plain list comes back as it is. */
export function assetSrcSet(srcset: string, basePath = ""): string {
  const parts = srcset.split(",");
  if (srcset.includes("(") || parts.some((part) => part.trim() === "")) return srcset;
  return parts
    .map((part) =>
      part.replace(/^(\s*)(\S+)/, (_, space: string, url: string) => space + asset(url, basePath))
    )
    .join(",");
}

/** Properties of an `img` or `source` with their sources tied to the build, or null for other elements. */
export function lockedSources(
  type: unknown,
  props: Record<string, unknown>,
  basePath = "",
): Record<string, unknown> | null {
  if ((type !== "img" && type !== "source") || props["data-fresh-disable-lock"]) return null;
  const { src, srcset } = props;
  if (typeof src !== "string" && typeof srcset !== "string") return null;
  return {
    ...props,
    ...(typeof src === "string" ? { src: asset(src, basePath) } : {}),
    ...(typeof srcset === "string" ? { srcset: assetSrcSet(srcset, basePath) } : {}),
  };
}
