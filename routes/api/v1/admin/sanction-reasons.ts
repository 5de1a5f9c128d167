import { definePerson } from "../../../../lib/web/define.ts";
import { sanctionReasons } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-7: read by moderators, replaced as a whole by administrators. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.sanctionReasons.list(caller)),
  PUT: call(
    { body: sanctionReasons },
    ({ services, caller, body }) => services.sanctionReasons.set(caller, body.reasons),
  ),
});
