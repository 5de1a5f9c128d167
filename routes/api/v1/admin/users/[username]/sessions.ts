import { logOutBody, username } from "../../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../../lib/web/define.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-4: logs somebody out everywhere. */
export const handler = definePerson.api({
  DELETE: call(
    { path: { username }, body: logOutBody },
    ({ services, caller, path, body }) =>
      services.personFacts.endSessions(caller, path.username, body.reason),
  ),
});
