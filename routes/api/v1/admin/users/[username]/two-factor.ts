import { definePerson } from "../../../../../../lib/web/define.ts";
import { twoFactorReset, username } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** AU-7: takes away the second factors of somebody who lost them. */
export const handler = definePerson.api({
  DELETE: call(
    { path: { username }, body: twoFactorReset },
    ({ services, caller, path, body }) => services.twoFactor.reset(caller, path.username, body),
  ),
});
