import { definePerson } from "../../../../../../lib/web/define.ts";
import { id } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-6: a look at a command is in the audit log. */
export const handler = definePerson.api({
  GET: call(
    { as: "command", path: { id } },
    ({ services, caller, path }) => services.looks.command(caller, path.id),
  ),
});
