import { define } from "../../../../../lib/web/define.ts";
import { passwordAndCode, passwordProof } from "../../../../../lib/protocol/mod.ts";
import { answer, asCaller, done, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, passwordProof, async (body) =>
          answer(await ctx.state.services.twoFactor.beginTotp(caller, body))),
      ["two_factor"],
    ),
  DELETE: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, passwordAndCode, async (body) =>
          done(await ctx.state.services.twoFactor.removeTotp(caller, body))),
      ["two_factor"],
    ),
});
