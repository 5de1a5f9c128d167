import { define } from "../../../../lib/web/define.ts";
import { asCaller, done } from "../../../../lib/web/rest.ts";
import { clearSessionCookie } from "../../../../lib/web/authentication.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(ctx, async (caller) => {
      await ctx.state.services.accounts.logout(caller);
      const secure = ctx.url.protocol === "https:";
      return done(true, caller.by === "cookie" ? { "set-cookie": clearSessionCookie(secure) } : {});
    }, ["suspended", "two_factor"]),
});
