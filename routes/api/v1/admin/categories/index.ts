import { define } from "../../../../../lib/web/define.ts";
import { categoryBody } from "../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(
      ctx,
      "admin",
      async (caller) => answerAs("categories", await ctx.state.services.categories.all(caller)),
    ),
  POST: (ctx) =>
    asStaff(ctx, "admin", (caller) =>
      withBody(
        ctx,
        categoryBody,
        async (body) => answerAs("category", await ctx.state.services.categories.add(caller, body), 201),
      )),
});
