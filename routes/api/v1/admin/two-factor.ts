import { definePerson } from "../../../../lib/web/define.ts";
import { twoFactorPolicy } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** AU-7: the roles that must have a second factor. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.twoFactor.policy(caller)),
  PUT: call(
    { body: twoFactorPolicy },
    ({ services, caller, body }) => services.twoFactor.setPolicy(caller, body),
  ),
});
