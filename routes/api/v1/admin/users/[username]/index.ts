import { definePerson } from "../../../../../../lib/web/define.ts";
import { adminUserChange, username } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call(
    { as: "user", path: { username } },
    ({ services, caller, path }) => services.users.get(caller, path.username),
  ),
  PATCH: call(
    { as: "user", path: { username }, body: adminUserChange },
    ({ services, caller, path, body }) => services.users.change(caller, path.username, body),
  ),
});
