import { define } from "../../../../lib/web/define.ts";
import { answer, asStaff } from "../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) => asStaff(ctx, "admin", async (caller) => answer(await ctx.state.services.stats.now(caller))),
});
