import { contentDisposition } from "../../../../lib/web/files/content_headers.ts";
import { define } from "../../../../lib/web/define.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { asCaller, problem } from "../../../../lib/web/rest.ts";

/** AU-9, also for who is suspended. The archive is made while it is sent, so nobody knows its length before. */
export const handler = define.handlers({
  GET: (ctx) =>
    asCaller(ctx, async (caller) => {
      const exported = await ctx.state.services.accountData.export(caller);
      if (exported instanceof Refusal) return problem(exported);
      return new Response(exported.archive, {
        headers: {
          "cache-control": "private, no-store, no-transform",
          "content-disposition": contentDisposition("attachment", exported.name),
          "content-type": "application/zip",
        },
      });
    }, ["suspended"]),
});
