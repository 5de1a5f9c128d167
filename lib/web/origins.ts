import type { Context } from "fresh";
import type { State } from "./define.ts";
import { isForeign } from "./socket_upgrade.ts";

/**
 * Whether the origin is another site's, in which case it is logged beside the server's own: behind a proxy that rewrites
 * `Host`, the server's own pages look like another site's (OP-10).
 */
export function isRefusedOrigin(ctx: Context<State>, origin: string | null): boolean {
  const { services, requestId } = ctx.state;
  const own = ctx.url.origin;
  if (!isForeign(origin, own, services.config.origins)) return false;
  services.log.warn("origin.refused", { requestId, path: ctx.url.pathname, origin, own });
  return true;
}
