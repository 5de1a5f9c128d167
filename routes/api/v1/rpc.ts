import { readBytes } from "../../../lib/web/body.ts";
import { definePerson } from "../../../lib/web/define.ts";
import { call } from "../../../lib/web/rest.ts";
import { deviceQuery, Refusal } from "../../../lib/protocol/mod.ts";

/** WS-12: a frame of the client, for the stream that its device has open. Answers with the frame that answers it. */
export const handler = definePerson.api({
  POST: call({ query: deviceQuery }, async ({ ctx, services, caller, query }) => {
    if (!/^application\/json\b/i.test(ctx.req.headers.get("content-type") ?? "")) {
      return new Refusal("invalid_params", "body.json");
    }
    const bytes = await readBytes(ctx.req, services.clock);
    if (bytes instanceof Refusal) return bytes;
    const answer = await services.realtime.frame(caller, query.device, new TextDecoder().decode(bytes));
    if (answer instanceof Refusal) return answer;
    return answer === null ? new Response(null, { status: 204 }) : new Response(answer, {
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
  }),
});
