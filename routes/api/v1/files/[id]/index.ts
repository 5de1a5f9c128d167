import { define } from "../../../../../lib/web/define.ts";
import { id } from "../../../../../lib/protocol/mod.ts";
import { answerAs, asCaller, done, nameIn } from "../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(
      ctx,
      async (caller) => answerAs("file", await ctx.state.services.files.get(caller, nameIn(ctx, "id", id))),
    ),
  DELETE: (ctx) =>
    asCaller(
      ctx,
      async (caller) => done(await ctx.state.services.files.remove(caller, nameIn(ctx, "id", id))),
    ),
});
