import { definePerson } from "../../../../../../lib/web/define.ts";
import { sha256 } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call(
    { as: "file", path: { sha256 } },
    ({ services, caller, path }) => services.adminFiles.get(caller, path.sha256),
  ),
});
