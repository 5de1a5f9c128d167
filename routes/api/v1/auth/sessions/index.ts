import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.accounts.sessions(caller)),
  /** AU-13: logs out all other devices. */
  DELETE: call({}, ({ services, caller }) => services.accounts.revokeOthers(caller)),
});
