import { definePerson } from "../../../../../lib/web/define.ts";
import { id } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call(
    { as: "file", path: { id } },
    ({ services, caller, path }) => services.files.get(caller, path.id),
  ),
  DELETE: call({ path: { id } }, ({ services, caller, path }) => services.files.remove(caller, path.id)),
});
