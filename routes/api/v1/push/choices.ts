import { definePerson } from "../../../../lib/web/define.ts";
import { pushChoicesChange } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-12: how loudly the caller's devices tell of what, and how much they say. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.push.choices(caller)),
  PATCH: call(
    { body: pushChoicesChange },
    ({ services, caller, body }) => services.push.choose(caller, body),
  ),
});
