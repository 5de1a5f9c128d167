import type { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import type { Middleware } from "./handlers.ts";

export interface CsrfOptions<State = unknown> {
  /** Origins that may send besides the app's own. Given: the app's own is not added by itself. */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses requests that another site makes a browser send (403). GET, HEAD and OPTIONS pass, so a socket upgrade
 * passes: it must check `Origin` itself. Clients that send neither `Sec-Fetch-Site` nor `Origin` are no browsers.
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  const allowed = (origin: string | null, ctx: Context<State>): boolean => {
    if (origin === null) return false;
    const rule = options.origin;
    if (rule === undefined || rule === "") return origin === ctx.url.origin;
    if (typeof rule === "function") return rule(origin, ctx);
    return typeof rule === "string" ? origin === rule : rule.includes(origin);
  };

  return (ctx) => {
    if (SAFE.has(ctx.req.method)) return ctx.next();
    const site = ctx.req.headers.get("sec-fetch-site");
    const origin = ctx.req.headers.get("origin");
    if (site === "same-origin" || site === "none") return ctx.next();
    if (site === null && origin === null) return ctx.next();
    if (allowed(origin, ctx)) return ctx.next();
    throw new HttpError(403);
  };
}
