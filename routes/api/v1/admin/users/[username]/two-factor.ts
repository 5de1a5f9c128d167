import { define } from "../../../../../../lib/web/define.ts";
import { twoFactorReset, username } from "../../../../../../lib/protocol/mod.ts";
import { asStaff, done, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

/** AU-7: takes away the second factors of somebody who lost them. */
export const handler = define.handlers({
  DELETE: (ctx) =>
    asStaff(ctx, "admin", (caller) =>
      withBody(
        ctx,
        twoFactorReset,
        async (body) =>
          done(await ctx.state.services.twoFactor.reset(caller, nameIn(ctx, "username", username), body)),
      )),
});
