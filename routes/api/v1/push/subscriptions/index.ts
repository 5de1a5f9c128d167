import { definePerson } from "../../../../../lib/web/define.ts";
import { pushEndpoint, pushSubscription } from "../../../../../lib/protocol/mod.ts";
import { isDiscreet } from "../../../../../lib/web/browser_settings.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** UI-12: the caller's devices that are told of what is new; one is switched on, or renewed, and off. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.push.list(caller)),
  POST: call(
    { body: pushSubscription },
    ({ ctx, services, caller, body }) =>
      services.push.subscribe(caller, body, {
        site: ctx.state.site,
        language: ctx.state.language,
        discreet: isDiscreet(ctx.req),
      }),
  ),
  DELETE: call(
    { body: pushEndpoint },
    ({ services, caller, body }) => services.push.unsubscribe(caller, body),
  ),
});
