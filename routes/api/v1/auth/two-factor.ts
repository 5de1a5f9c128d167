import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** AU-7: the caller's own second factors. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.twoFactor.state(caller)),
});
