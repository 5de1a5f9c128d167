import { english } from "../lib/protocol/mod.ts";
import { define } from "../lib/web/define.ts";

/** Whether requests should come here, and if not, why (OP-4). */
export const handler = define.api({
  async GET(ctx) {
    const { ready, checks, warnings } = await ctx.state.services.health.ready();
    const told = (list: typeof checks) =>
      list.map(({ reason, ...check }) => ({ ...check, reason: reason === null ? null : english(reason) }));
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
