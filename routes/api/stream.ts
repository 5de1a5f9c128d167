import { authenticateRequest } from "../../lib/web/authentication.ts";
import { define } from "../../lib/web/define.ts";
import { isOtherSitesLink, isRefusedOrigin } from "../../lib/web/origins.ts";
import { problem } from "../../lib/web/problems.ts";
import { readSocketQuery } from "../../lib/web/socket_upgrade.ts";
import { Refusal, tokenScopes } from "../../lib/protocol/mod.ts";

/** WS-12: the frames of `/api/ws` as server-sent events. Frames of the client go to `POST /api/v1/rpc`. */
export const handler = define.api({
  async GET(ctx) {
    const { services, address, requestId } = ctx.state;
    const { headers } = ctx.req;
    const query = readSocketQuery(ctx.url.searchParams);
    if (query instanceof Refusal) return problem(query);
    const origin = { address, requestId, device: query.device };
    const caller = await authenticateRequest(services, headers, origin, undefined, [], tokenScopes);
    if (caller instanceof Refusal) return problem(caller);
    if (
      caller.by === "cookie" && (isRefusedOrigin(ctx, headers.get("origin")) || isOtherSitesLink(headers))
    ) {
      return problem(new Refusal("forbidden", "request.otherSiteLogin"));
    }
    return new Response(services.realtime.openStream({ ...query, caller }), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        // nginx would keep events back until it has a buffer full.
        "x-accel-buffering": "no",
      },
    });
  },
  // Opens no connection.
  HEAD: () => new Response(null, { headers: { "content-type": "text/event-stream" } }),
});
