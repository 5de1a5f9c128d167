import { definePerson } from "../../../../lib/web/define.ts";
import { methods } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-11: marks notices as read, all of them without `ids`. */
export const handler = definePerson.api({
  POST: call(
    { body: methods["notice.read"].params },
    ({ services, caller, body }) => services.notices.read(caller, body),
  ),
});
