import { define } from "../../../lib/web/define.ts";
import { profileChange } from "../../../lib/protocol/mod.ts";
import { answerAs, asCaller, withBody } from "../../../lib/web/rest.ts";

/** AU-8. */
export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(ctx, async (caller) => answerAs("profile", await ctx.state.services.profiles.get(caller))),
  PATCH: (ctx) =>
    asCaller(ctx, (caller) =>
      withBody(
        ctx,
        profileChange,
        async (body) => answerAs("profile", await ctx.state.services.profiles.change(caller, body)),
      )),
});
