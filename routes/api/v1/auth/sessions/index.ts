import { define } from "../../../../../lib/web/define.ts";
import { answer, asCaller } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(
      ctx,
      async (caller) => answer({ sessions: await ctx.state.services.accounts.sessions(caller) }),
    ),
});
