import { define } from "../../../../../../lib/web/define.ts";
import { id, incidentClose } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withBody(ctx, incidentClose, async (body) => {
        const { incidents } = ctx.state.services;
        return answerAs("incident", await incidents.close(caller, nameIn(ctx, "id", id), body));
      })),
});
