import { define } from "../../../../lib/web/define.ts";
import { twoFactorPolicy } from "../../../../lib/protocol/mod.ts";
import { answer, asStaff, withBody } from "../../../../lib/web/rest.ts";

/** AU-7: the roles that must have a second factor. */
export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "admin", async (caller) => answer(await ctx.state.services.twoFactor.policy(caller))),
  PUT: (ctx) =>
    asStaff(
      ctx,
      "admin",
      (caller) =>
        withBody(ctx, twoFactorPolicy, async (body) =>
          answer(await ctx.state.services.twoFactor.setPolicy(caller, body))),
    ),
});
