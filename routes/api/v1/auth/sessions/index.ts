import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({ as: "sessions" }, ({ services, caller }) => services.accounts.sessions(caller)),
});
