import { deviceTokenHeader } from "../../../../lib/web/authentication.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { passwordBody, Refusal } from "../../../../lib/protocol/mod.ts";
import { done } from "../../../../lib/web/problems.ts";
import { call } from "../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { body: passwordBody },
    async ({ services, caller, body }) => {
      const changed = await services.accounts.changePassword(caller, body);
      return changed instanceof Refusal ? changed : done(true, deviceTokenHeader(changed.deviceToken));
    },
  ),
});
