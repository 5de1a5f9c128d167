import { define } from "../../../../../../lib/web/define.ts";
import { fileDecision, sha256 } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

/** SC-2: a moderator's word on a file that is held. */
export const handler = define.handlers({
  POST: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withBody(ctx, fileDecision, async (decision) => {
        const { adminFiles } = ctx.state.services;
        return answerAs("file", await adminFiles.decide(caller, nameIn(ctx, "sha256", sha256), decision));
      })),
});
