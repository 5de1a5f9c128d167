import { definePerson } from "../../../../../../lib/web/define.ts";
import { id, incidentClose } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { as: "incident", path: { id }, body: incidentClose },
    ({ services, caller, path, body }) => services.incidents.close(caller, path.id, body),
  ),
});
