import { definePerson } from "../../../../../../lib/web/define.ts";
import { groupChange, slug } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** BR-7: for administrators and the group's owners; for everybody else the service knows no such group. */
export const handler = definePerson.api({
  GET: call(
    { as: "group", path: { name: slug } },
    ({ services, caller, path }) => services.groups.get(caller, path.name),
  ),
  PATCH: call(
    { as: "group", path: { name: slug }, body: groupChange },
    ({ services, caller, path, body }) => services.groups.rename(caller, path.name, body),
  ),
  DELETE: call(
    { path: { name: slug } },
    ({ services, caller, path }) => services.groups.end(caller, path.name),
  ),
});
