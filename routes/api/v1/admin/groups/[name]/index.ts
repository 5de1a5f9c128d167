import { define } from "../../../../../../lib/web/define.ts";
import { slug } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn } from "../../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "owner", async (caller) => {
      const { groups } = ctx.state.services;
      return answerAs("group", await groups.get(caller, nameIn(ctx, "name", slug)));
    }),
});
