import { define } from "../../../../../lib/web/define.ts";
import { passwordProof } from "../../../../../lib/protocol/mod.ts";
import { answer, asCaller, withBody } from "../../../../../lib/web/rest.ts";
import { placeOf } from "../../../../../lib/web/authentication.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, passwordProof, async (body) =>
          answer(await ctx.state.services.twoFactor.passkeyOptions(caller, placeOf(ctx), body))),
      ["two_factor"],
    ),
});
