import { definePerson } from "../../../../../../lib/web/define.ts";
import { queueDecision, queueId } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-2. */
export const handler = definePerson.api({
  POST: call(
    { as: "item", path: { id: queueId }, body: queueDecision },
    ({ services, caller, path, body }) => services.queue.decide(caller, path.id, body),
  ),
});
