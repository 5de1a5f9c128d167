import { definePerson } from "../../../../../../../lib/web/define.ts";
import { sanctionBody, username } from "../../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../../lib/web/rest.ts";

/** MO-2. */
export const handler = definePerson.api({
  POST: call(
    { as: "sanction", status: 201, path: { username }, body: sanctionBody },
    ({ services, caller, path, body }) => services.users.sanction(caller, path.username, body),
  ),
});
