import { definePerson } from "../../../../../../lib/web/define.ts";
import { queueId, queueUndo } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-2. */
export const handler = definePerson.api({
  POST: call(
    { as: "item", path: { id: queueId }, body: queueUndo },
    ({ services, caller, path, body }) => services.queue.undo(caller, path.id, body.reason),
  ),
});
