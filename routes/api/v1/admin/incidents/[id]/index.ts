import { definePerson } from "../../../../../../lib/web/define.ts";
import { id } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** Metadata of a match. There is no route to the picture (SC-6). */
export const handler = definePerson.api({
  GET: call(
    { as: "incident", path: { id } },
    ({ services, caller, path }) => services.incidents.get(caller, path.id),
  ),
});
