import { define } from "../../../../lib/define.ts";
import { answer, asCaller } from "../../../../lib/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(ctx, async (caller) => answer(await ctx.state.services.accounts.issueTicket(caller))),
});
