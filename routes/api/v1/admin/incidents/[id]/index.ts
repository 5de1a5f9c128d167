import { define } from "../../../../../../lib/web/define.ts";
import { id } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn } from "../../../../../../lib/web/rest.ts";

/** Metadata of a match. There is no route to the picture (SC-6). */
export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "moderator", async (caller) => {
      const { incidents } = ctx.state.services;
      return answerAs("incident", await incidents.get(caller, nameIn(ctx, "id", id)));
    }),
});
