import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call({}, ({ services, caller }) => services.accounts.issueTicket(caller)),
});
