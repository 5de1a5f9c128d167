import { Refusal, removalBody, removalQuery } from "../../../../lib/protocol/mod.ts";
import { define } from "../../../../lib/web/define.ts";
import { removalUrl } from "../../../../lib/web/forms/removals.ts";
import { openCall } from "../../../../lib/web/rest.ts";

/** MO-8. */
export const handler = define.api({
  GET: openCall(
    { as: "removal", query: removalQuery },
    ({ services, query }) => services.removals.status(query.code),
  ),
  POST: openCall(
    { as: "removal", status: 201, body: removalBody },
    async ({ ctx, services, origin, body }) => {
      const made = await services.removals.request(origin, body);
      return made instanceof Refusal ? made : { ...made, url: removalUrl(ctx.state.site, made.code) };
    },
  ),
});
