import { define } from "../../../../lib/web/define.ts";
import { answer, asCaller } from "../../../../lib/web/rest.ts";

/** AU-7: the caller's own second factors. */
export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(ctx, async (caller) => answer(await ctx.state.services.twoFactor.state(caller)), ["two_factor"]),
});
