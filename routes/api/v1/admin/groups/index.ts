import { definePerson } from "../../../../../lib/web/define.ts";
import { groupBody } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({ as: "groups" }, ({ services, caller }) => services.groups.managed(caller)),
  POST: call(
    { as: "group", status: 201, body: groupBody },
    ({ services, caller, body }) => services.groups.create(caller, body),
  ),
});
