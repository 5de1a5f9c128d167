import { contentHeaders } from "../../../../lib/web/files/content_headers.ts";
import { define } from "../../../../lib/web/define.ts";
import { Refusal, username } from "../../../../lib/protocol/mod.ts";
import { asCaller, nameIn, problem } from "../../../../lib/web/rest.ts";

/** AU-8: somebody's picture, for those who know them. */
export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(ctx, async (caller) => {
      const name = nameIn(ctx, "username", username);
      const content = await ctx.state.services.profiles.avatar(caller, name);
      if (content instanceof Refusal) return problem(content);
      // What the file was called is its owner's business.
      const headers = contentHeaders({ ...content.file, name: "picture" });
      const isSame = ctx.req.headers.get("if-none-match") === headers.get("etag");
      if (!isSame) return new Response(await content.open(), { headers });
      headers.delete("content-length");
      return new Response(null, { status: 304, headers });
    }),
});
