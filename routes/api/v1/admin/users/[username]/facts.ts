import { username } from "../../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../../lib/web/define.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-4: an account's sessions, groups, files and reports. */
export const handler = definePerson.api({
  GET: call(
    { as: "facts", path: { username } },
    ({ services, caller, path }) => services.personFacts.get(caller, path.username),
  ),
});
