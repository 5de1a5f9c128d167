import { definePerson } from "../../../../lib/web/define.ts";
import { autoRules } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-2: the table of automatic rules; read by moderators, replaced as a whole by administrators. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.autoRules.list(caller)),
  PUT: call({ body: autoRules }, ({ services, caller, body }) => services.autoRules.set(caller, body.rules)),
});
