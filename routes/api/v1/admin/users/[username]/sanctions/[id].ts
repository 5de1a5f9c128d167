import { definePerson } from "../../../../../../../lib/web/define.ts";
import { id, liftBody, Refusal, username } from "../../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../../lib/web/rest.ts";

/** MO-7. */
export const handler = definePerson.api({
  DELETE: call({ path: { username, id }, body: liftBody }, async ({ services, caller, path, body }) => {
    const lifted = await services.users.lift(caller, path.username, path.id, body.reason);
    return lifted instanceof Refusal ? lifted : true;
  }),
});
