import { definePerson } from "../../../../../../lib/web/define.ts";
import { slug } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call(
    { as: "group", path: { name: slug } },
    ({ services, caller, path }) => services.groups.get(caller, path.name),
  ),
});
