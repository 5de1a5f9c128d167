import { CACHE_KEY } from "./asset.ts";
import { insideOf } from "./context.ts";
import type { Middleware } from "./handlers.ts";

/** Serves `static/` and the bundles. Only what the build lists can be reached, so no path leads elsewhere. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { build } = insideOf(ctx as never);
    const basePath = ctx.config.basePath === "/" ? "" : ctx.config.basePath;
    const path = decodeURIComponent(ctx.url.pathname);
    const inside = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : "/";
    const file = build?.staticFile(inside) ?? null;
    if (build === null || file === null) {
      // Browsers ask for it by themselves; a whole error page would be wasted on them.
      if (inside === "/favicon.ico") return new Response(null, { status: 404 });
      return await ctx.next();
    }
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405 });
    }

    const key = ctx.url.searchParams.get(CACHE_KEY);
    if (key !== null && key !== build.id) {
      // Of another build: what is here now must not be cached for a year under that name.
      const url = new URL(ctx.url);
      url.searchParams.delete(CACHE_KEY);
      return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
    }

    const tag = `W/"${file.hash}"`;
    const isImmutable = ctx.config.mode !== "development" &&
      (key === build.id || path.startsWith(`${basePath}/_fresh/js/${build.id}/`));
    const headers = new Headers({ "Content-Type": file.type, Vary: "If-None-Match" });
    const known = ctx.req.headers.get("if-none-match");
    if (known === tag || known === file.hash) {
      return new Response(null, { status: 304, headers });
    }
    headers.set("ETag", tag);
    headers.set(
      "Cache-Control",
      isImmutable ? "public, max-age=31536000, immutable" : "no-cache, no-store, max-age=0, must-revalidate",
    );
    headers.set("Content-Length", String(file.sizeBytes));
    return new Response(ctx.req.method === "HEAD" ? null : await file.body(), { headers });
  };
}
