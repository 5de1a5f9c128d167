import { definePerson } from "../../../../lib/web/define.ts";
import { Refusal, username } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";
import { contentHeaders, unchanged } from "../../../../lib/web/files/content_headers.ts";

/** AU-8: somebody's picture, for those who know them. */
export const handler = definePerson.api({
  GET: call({ path: { username } }, async ({ ctx, services, caller, path }) => {
    const content = await services.profiles.avatar(caller, path.username);
    if (content instanceof Refusal) return content;
    // What the file was called is its owner's business.
    const headers = contentHeaders({ ...content.file, name: "picture" });
    if (ctx.req.headers.get("if-none-match") === headers.get("etag")) return unchanged(headers);
    return new Response(ctx.req.method === "HEAD" ? null : await content.open(), { headers });
  }),
});
