import { define } from "../lib/web/define.ts";

/** Whether requests should come here, and if not, why (OP-4). */
export const handler = define.api({
  async GET(ctx) {
    const { ready, checks } = await ctx.state.services.health.ready();
    return Response.json({ status: ready ? "ok" : "not ready", checks }, { status: ready ? 200 : 503 });
  },
});
