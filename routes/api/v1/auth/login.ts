import { deviceTokenOf } from "../../../../lib/web/authentication.ts";
import { define } from "../../../../lib/web/define.ts";
import { loginBody } from "../../../../lib/protocol/mod.ts";
import { loggedIn, openCall } from "../../../../lib/web/rest.ts";

export const handler = define.api({
  POST: openCall(
    { body: loginBody },
    async ({ ctx, services, origin, body }) =>
      loggedIn(await services.accounts.login(origin, body, deviceTokenOf(ctx.req))),
  ),
});
