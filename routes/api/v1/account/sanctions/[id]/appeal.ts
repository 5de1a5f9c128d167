import { definePerson } from "../../../../../../lib/web/define.ts";
import { appealBody, id } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-7: also for suspended people, once for each sanction. */
export const handler = definePerson.api({
  POST: call(
    { path: { id }, body: appealBody },
    ({ services, caller, path, body }) => services.sanctions.appeal(caller, { id: path.id, ...body }),
  ),
});
