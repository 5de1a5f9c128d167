import { define } from "../../../../../lib/web/define.ts";
import { adminFileQuery } from "../../../../../lib/protocol/mod.ts";
import { answer, asStaff, withQuery } from "../../../../../lib/web/rest.ts";

/** MO-4: what is being checked, held or rejected; never content. */
export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withQuery(
        ctx,
        adminFileQuery,
        async (query) => answer(await ctx.state.services.adminFiles.list(caller, query)),
      )),
});
