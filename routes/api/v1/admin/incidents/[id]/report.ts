import { define } from "../../../../../../lib/web/define.ts";
import { id, reportDraft } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

/** The CyberTipline report: drafted with PUT, submitted with POST. */
export const handler = define.handlers({
  PUT: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withBody(ctx, reportDraft, async (body) => {
        const { incidents } = ctx.state.services;
        return answerAs("incident", await incidents.draft(caller, nameIn(ctx, "id", id), body));
      })),
  POST: (ctx) =>
    asStaff(ctx, "moderator", async (caller) => {
      const { incidents } = ctx.state.services;
      return answerAs("incident", await incidents.submit(caller, nameIn(ctx, "id", id)));
    }),
});
