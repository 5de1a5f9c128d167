import { define } from "../../../../../lib/web/define.ts";
import { passkeyBody } from "../../../../../lib/protocol/mod.ts";
import { answer, asCaller, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, passkeyBody, async (body) =>
          answer(await ctx.state.services.twoFactor.addPasskey(caller, body), 201)),
      ["two_factor"],
    ),
});
