import { definePerson } from "../../../../../../lib/web/define.ts";
import { queueId, queueNote } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-2. */
export const handler = definePerson.api({
  POST: call(
    { as: "item", path: { id: queueId }, body: queueNote },
    ({ services, caller, path, body }) => services.queue.note(caller, path.id, body.text),
  ),
});
