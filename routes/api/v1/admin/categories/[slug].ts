import { define } from "../../../../../lib/web/define.ts";
import { categoryChange, slug } from "../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  PATCH: (ctx) =>
    asStaff(ctx, "admin", (caller) =>
      withBody(ctx, categoryChange, async (body) => {
        const { categories } = ctx.state.services;
        return answerAs("category", await categories.change(caller, nameIn(ctx, "slug", slug), body));
      })),
});
