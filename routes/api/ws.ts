import { define } from "../../lib/web/define.ts";
import { Refusal, subProtocol, tokenScopes } from "../../lib/protocol/mod.ts";
import { isUpgrade, offersSubProtocol, readSocketQuery } from "../../lib/web/socket_upgrade.ts";
import { isRefusedOrigin } from "../../lib/web/origins.ts";
import { problem } from "../../lib/web/problems.ts";
import { authenticateRequest } from "../../lib/web/authentication.ts";

/** WS-1: the way to a socket. All that is refused is refused before the upgrade, as a problem. */
export const handler = define.api({
  async GET(ctx) {
    const { services, address, requestId } = ctx.state;
    const { headers } = ctx.req;
    if (!isUpgrade(ctx.req.method, headers)) {
      return problem(
        new Refusal("upgrade_required", "request.websocket"),
        {
          "upgrade": "websocket",
          "connection": "upgrade",
          "sec-websocket-version": "13",
        },
      );
    }
    // Before the login, so that a mistake here does not use up a ticket.
    const query = readSocketQuery(ctx.url.searchParams);
    if (query instanceof Refusal) return problem(query);
    const origin = { address, requestId, device: query.device };
    const caller = await authenticateRequest(services, headers, origin, ctx.url, [], tokenScopes);
    if (caller instanceof Refusal) return problem(caller);
    if (caller.by === "cookie" && isRefusedOrigin(ctx, headers.get("origin"))) {
      return problem(new Refusal("forbidden", "request.otherSiteLogin"));
    }
    // The request's headers cannot be read after the upgrade.
    const isNamed = offersSubProtocol(headers);
    // The heartbeat is ours (WS-4): the runtime's ping would close sockets by a rule that nobody knows.
    const { socket, response } = ctx.upgrade({ idleTimeout: 0 });
    // Not by the runtime's option, which throws over a list without spaces.
    if (isNamed) response.headers.set("sec-websocket-protocol", subProtocol);
    services.realtime.open(socket, { ...query, caller });
    return response;
  },
});
