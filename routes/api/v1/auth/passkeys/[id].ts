import { define } from "../../../../../lib/web/define.ts";
import { credentialId, passwordProof } from "../../../../../lib/protocol/mod.ts";
import { asCaller, done, nameIn, withBody } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  DELETE: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, passwordProof, async (body) =>
          done(
            await ctx.state.services.twoFactor.removePasskey(caller, nameIn(ctx, "id", credentialId), body),
          )),
      ["two_factor"],
    ),
});
