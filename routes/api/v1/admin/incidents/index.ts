import { define } from "../../../../../lib/web/define.ts";
import { incidentQuery } from "../../../../../lib/protocol/mod.ts";
import { answer, asStaff, withQuery } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(
      ctx,
      "moderator",
      (caller) =>
        withQuery(
          ctx,
          incidentQuery,
          async (query) => answer(await ctx.state.services.incidents.list(caller, query)),
        ),
    ),
});
