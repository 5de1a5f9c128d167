import { define } from "../../../../lib/web/define.ts";
import { passwordBody } from "../../../../lib/protocol/mod.ts";
import { asCaller, done, withBody } from "../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(ctx, (caller) =>
      withBody(
        ctx,
        passwordBody,
        async (body) => done(await ctx.state.services.accounts.changePassword(caller, body)),
      )),
});
