import { definePerson } from "../../../../lib/web/define.ts";
import { passwordBody } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { body: passwordBody },
    ({ services, caller, body }) => services.accounts.changePassword(caller, body),
  ),
});
