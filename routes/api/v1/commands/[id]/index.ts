import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";
import { id } from "../../../../../lib/protocol/mod.ts";

/** AU-11: as `command.get`. */
export const handler = definePerson.api({
  GET: call({ path: { id } }, ({ services, caller, path }) => services.commands.get(caller, { id: path.id })),
});
