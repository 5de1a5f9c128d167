import { connectionOf, deviceTokenHeader } from "../../../../lib/web/authentication.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { passwordBody, Refusal } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";
import { tokensAnswer } from "../../../../lib/web/session.ts";

/** AU-6, AU-13: the caller goes on with the tokens of the answer. */
export const handler = definePerson.api({
  POST: call({ body: passwordBody }, async ({ ctx, services, caller, body }) => {
    const changed = await services.accounts.changePassword(caller, body, connectionOf(ctx.req));
    if (changed instanceof Refusal) return changed;
    const response = tokensAnswer(ctx, changed, caller.by === "cookie");
    for (const [name, value] of Object.entries(deviceTokenHeader(changed.deviceToken))) {
      response.headers.set(name, value);
    }
    return response;
  }),
});
