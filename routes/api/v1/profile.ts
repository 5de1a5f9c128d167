import { definePerson } from "../../../lib/web/define.ts";
import { profileChange } from "../../../lib/protocol/mod.ts";
import { call } from "../../../lib/web/rest.ts";

/** AU-8. */
export const handler = definePerson.api({
  GET: call({ as: "profile" }, ({ services, caller }) => services.profiles.get(caller)),
  PATCH: call(
    { as: "profile", body: profileChange },
    ({ services, caller, body }) => services.profiles.change(caller, body),
  ),
});
