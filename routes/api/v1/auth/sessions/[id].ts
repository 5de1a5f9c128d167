import { define } from "../../../../../lib/web/define.ts";
import { asCaller, done } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  DELETE: (ctx) =>
    asCaller(
      ctx,
      async (caller) => done(await ctx.state.services.accounts.revoke(caller, ctx.params.id ?? "")),
    ),
});
