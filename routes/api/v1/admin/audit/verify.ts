import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-3. */
export const handler = definePerson.api({
  POST: call({}, ({ services, caller }) => services.audit.verify(caller)),
});
