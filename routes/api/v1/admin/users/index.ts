import { define } from "../../../../../lib/web/define.ts";
import { adminUserQuery } from "../../../../../lib/protocol/mod.ts";
import { answer, asStaff, withQuery } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withQuery(
        ctx,
        adminUserQuery,
        async (query) => answer(await ctx.state.services.users.list(caller, query)),
      )),
});
