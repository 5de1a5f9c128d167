import { definePerson } from "../../../../lib/web/define.ts";
import { invitePolicy } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** AU-1: whether members may invite too. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.invites.policy(caller)),
  PUT: call({ body: invitePolicy }, ({ services, caller, body }) => services.invites.setPolicy(caller, body)),
});
