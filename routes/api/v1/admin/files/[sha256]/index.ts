import { define } from "../../../../../../lib/web/define.ts";
import { sha256 } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn } from "../../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "moderator", async (caller) => {
      const { adminFiles } = ctx.state.services;
      return answerAs("file", await adminFiles.get(caller, nameIn(ctx, "sha256", sha256)));
    }),
});
