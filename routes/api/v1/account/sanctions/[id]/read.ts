import { definePerson } from "../../../../../../lib/web/define.ts";
import { id } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-7: marks a warning as read, also for suspended people. */
export const handler = definePerson.api({
  POST: call({ path: { id } }, ({ services, caller, path }) => services.sanctions.read(caller, path.id)),
});
