import { define } from "../../../../lib/web/define.ts";
import { answer, asCaller } from "../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(ctx, async (caller) => answer(await ctx.state.services.accounts.issueTicket(caller))),
});
