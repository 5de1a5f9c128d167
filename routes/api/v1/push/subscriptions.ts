import { define } from "../../../../lib/web/define.ts";
import { pushSubscription } from "../../../../lib/protocol/mod.ts";
import { asCaller, done, withBody } from "../../../../lib/web/rest.ts";

/** UI-7: a browser's push subscription is switched on, or renewed, and off. */
export const handler = define.handlers({
  POST: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, pushSubscription, async (body) =>
          done(await ctx.state.services.push.subscribe(caller, body))),
    ),
  DELETE: (ctx) =>
    asCaller(
      ctx,
      (caller) =>
        withBody(ctx, pushSubscription, async (body) =>
          done(await ctx.state.services.push.unsubscribe(caller, body))),
    ),
});
