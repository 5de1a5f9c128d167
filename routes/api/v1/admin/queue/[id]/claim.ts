import { definePerson } from "../../../../../../lib/web/define.ts";
import { queueClaim, queueId } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-2. */
export const handler = definePerson.api({
  POST: call(
    { path: { id: queueId }, body: queueClaim },
    ({ services, caller, path, body }) => services.queue.claim(caller, path.id, body),
  ),
});
