import { definePerson } from "../../../../lib/web/define.ts";
import { pushSubscription } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-7: a browser's push subscription is switched on, or renewed, and off. */
export const handler = definePerson.api({
  POST: call(
    { body: pushSubscription },
    ({ services, caller, body }) => services.push.subscribe(caller, body),
  ),
  DELETE: call(
    { body: pushSubscription },
    ({ services, caller, body }) => services.push.unsubscribe(caller, body),
  ),
});
