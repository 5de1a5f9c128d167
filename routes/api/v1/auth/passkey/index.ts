import { define } from "../../../../../lib/web/define.ts";
import { passkeyLoginBody } from "../../../../../lib/protocol/mod.ts";
import { answer, withBody } from "../../../../../lib/web/rest.ts";
import { originOf } from "../../../../../lib/web/authentication.ts";

/** AU-7: a login with a passkey and nothing else. */
export const handler = define.handlers({
  POST: (ctx) =>
    withBody(
      ctx,
      passkeyLoginBody,
      async (body) => answer(await ctx.state.services.twoFactor.login(originOf(ctx), body)),
    ),
});
