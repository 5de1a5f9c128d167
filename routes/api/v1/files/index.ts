import { define } from "../../../../lib/web/define.ts";
import { fileQuery } from "../../../../lib/protocol/mod.ts";
import { answer, answerAs, asCaller, withQuery } from "../../../../lib/web/rest.ts";
import { readUpload } from "../../../../lib/web/files/upload.ts";

/** FI-1, and a person's own files (FI-5). */
export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withQuery(
          ctx,
          fileQuery,
          async (query) => answer(await ctx.state.services.files.list(caller, query)),
        ),
    ),
  POST: (ctx) => asCaller(ctx, async (caller) => answerAs("file", await readUpload(ctx, caller), 201)),
});
