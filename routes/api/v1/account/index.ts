import { define } from "../../../../lib/web/define.ts";
import { accountRemoval, Refusal } from "../../../../lib/protocol/mod.ts";
import { asCaller, done, withBody } from "../../../../lib/web/rest.ts";
import { clearSessionCookie } from "../../../../lib/web/authentication.ts";

/** AU-9, also for who is suspended. */
export const handler = define.handlers({
  DELETE: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, accountRemoval, async (body) => {
          const removed = await ctx.state.services.accountData.remove(caller, body);
          const secure = ctx.url.protocol === "https:";
          const forget = caller.by === "cookie" && !(removed instanceof Refusal);
          return done(
            removed,
            forget ? { "set-cookie": clearSessionCookie(secure), "clear-site-data": '"storage"' } : {},
          );
        }),
      ["suspended"],
    ),
});
