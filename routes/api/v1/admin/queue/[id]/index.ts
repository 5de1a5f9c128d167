import { definePerson } from "../../../../../../lib/web/define.ts";
import { queueId } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({ path: { id: queueId } }, ({ services, caller, path }) => services.queue.get(caller, path.id)),
});
