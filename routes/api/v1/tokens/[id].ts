import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";
import { id } from "../../../../lib/protocol/mod.ts";

/** AU-11. */
export const handler = definePerson.api({
  DELETE: call(
    { path: { id } },
    ({ services, caller, path }) => services.accounts.revokeToken(caller, path.id),
  ),
});
