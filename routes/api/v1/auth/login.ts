import { define } from "../../../../lib/web/define.ts";
import { loginBody } from "../../../../lib/protocol/mod.ts";
import { answer, withBody } from "../../../../lib/web/rest.ts";
import { originOf } from "../../../../lib/web/authentication.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    withBody(
      ctx,
      loginBody,
      async (body) => answer(await ctx.state.services.accounts.login(originOf(ctx), body)),
    ),
});
