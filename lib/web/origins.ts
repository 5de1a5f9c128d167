import type { Context } from "fresh";
import type { State } from "./define.ts";
import { shownPath } from "./shown_path.ts";
import { isForeign } from "./socket_upgrade.ts";

/**
 * Whether the origin is another site's, in which case it is logged beside the server's own: behind a proxy that rewrites
 * `Host`, the server's own pages look like another site's (OP-10).
 */
export function isRefusedOrigin(ctx: Context<State>, origin: string | null): boolean {
  const { services, requestId } = ctx.state;
  const own = ctx.url.origin;
  if (!isForeign(origin, own, services.config.origins)) return false;
  services.log.warn("origin.refused", { requestId, path: shownPath(ctx.url.pathname), origin, own });
  return true;
}

/**
 * Whether another site led the browser here. Such a request has no `Origin`, and the cookie with it: a link must not take the
 * place of one of the person's connections (WS-1, WS-5).
 */
export function isOtherSitesLink(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  return headers.get("origin") === null && (site === "cross-site" || site === "same-site");
}
