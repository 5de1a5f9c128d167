import { queueId, Refusal, sha256 } from "../../../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../../../lib/web/define.ts";
import { contentHeaders } from "../../../../../../../lib/web/files/content_headers.ts";
import { call } from "../../../../../../../lib/web/rest.ts";

/** MO-2: a picture that a case is about. Each look is in the audit log. */
export const handler = definePerson.api({
  GET: call({ path: { id: queueId, sha256 } }, async ({ ctx, services, caller, path }) => {
    const content = await services.queuePictures.get(caller, path.id, path.sha256);
    if (content instanceof Refusal) return content;
    const headers = contentHeaders({ ...content.file, name: "picture" });
    return new Response(ctx.req.method === "HEAD" ? null : await content.open(), { headers });
  }),
});
