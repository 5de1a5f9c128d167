import { define } from "../../../../lib/web/define.ts";
import { answer, asCaller } from "../../../../lib/web/rest.ts";

/** UI-7: whether browsers can be told, and the key to subscribe with. */
export const handler = define.handlers({
  GET: (ctx) => asCaller(ctx, () => Promise.resolve(answer(ctx.state.services.push.state()))),
});
