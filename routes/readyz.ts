import { define } from "../lib/web/define.ts";
import { toldReason } from "../lib/web/health_reasons.ts";
import { metricsRefusal } from "../lib/web/metrics_access.ts";

/** Whether requests should come here, and if not, why (OP-4). */
export const handler = define.api({
  async GET(ctx) {
    const { config, health } = ctx.state.services;
    const { ready, checks, warnings } = await health.ready();
    const mayReadAll = metricsRefusal(ctx.req, ctx.info.remoteAddr, config) === null;
    const told = (list: typeof checks) =>
      list.map(({ reason, ...check }) => ({ ...check, reason: toldReason(reason, mayReadAll) }));
    return Response.json(
      {
        status: ready ? "ok" : "not ready",
        checks: told(checks),
        // Requests can come all the same.
        warnings: told(warnings.filter(({ ok }) => !ok)),
      },
      { status: ready ? 200 : 503 },
    );
  },
});
