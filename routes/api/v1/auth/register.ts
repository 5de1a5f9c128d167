import { define } from "../../../../lib/web/define.ts";
import { Refusal, registerBody } from "../../../../lib/protocol/mod.ts";
import { answer, withBody } from "../../../../lib/web/rest.ts";
import { originOf } from "../../../../lib/web/authentication.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    withBody(ctx, registerBody, async (body) => {
      const user = await ctx.state.services.accounts.register(originOf(ctx), body);
      return answer(user instanceof Refusal ? user : { user }, 201);
    }),
});
