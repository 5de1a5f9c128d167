import { define } from "../../../../../lib/web/define.ts";
import { totpConfirm } from "../../../../../lib/protocol/mod.ts";
import { answer, asCaller, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, totpConfirm, async (body) =>
          answer(await ctx.state.services.twoFactor.confirmTotp(caller, body))),
      ["two_factor"],
    ),
});
