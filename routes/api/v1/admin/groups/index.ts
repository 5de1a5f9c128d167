import { define } from "../../../../../lib/web/define.ts";
import { groupBody } from "../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(
      ctx,
      "admin",
      async (caller) => answerAs("groups", await ctx.state.services.groups.managed(caller)),
    ),
  POST: (ctx) =>
    asStaff(ctx, "admin", (caller) =>
      withBody(
        ctx,
        groupBody,
        async (body) => answerAs("group", await ctx.state.services.groups.create(caller, body), 201),
      )),
});
