import { define } from "../../../../../lib/web/define.ts";
import { answer } from "../../../../../lib/web/rest.ts";
import { originOf, placeOf } from "../../../../../lib/web/authentication.ts";

/** AU-7: what a browser is asked for a login with a passkey. Anybody may ask. */
export const handler = define.handlers({
  POST: async (ctx) => answer(await ctx.state.services.twoFactor.loginOptions(originOf(ctx), placeOf(ctx))),
});
