import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-5. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.stats.now(caller)),
});
