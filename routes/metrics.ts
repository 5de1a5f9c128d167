import { define } from "../lib/web/define.ts";
import { metricsRefusal } from "../lib/web/metrics_access.ts";

/** What the server counts, as Prometheus reads it (OP-4): for this machine, and for who has the token. */
export const handler = define.api({
  async GET(ctx) {
    const refused = metricsRefusal(ctx.req, ctx.info.remoteAddr, ctx.state.services.config);
    if (refused !== null) return refused;
    const { text, type } = await ctx.state.services.metrics.text();
    return new Response(text, { headers: { "content-type": type } });
  },
});
