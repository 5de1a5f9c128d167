import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-4. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.system.state(caller)),
});
