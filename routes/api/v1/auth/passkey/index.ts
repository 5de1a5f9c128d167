import { deviceTokenOf } from "../../../../../lib/web/authentication.ts";
import { define } from "../../../../../lib/web/define.ts";
import { passkeyLoginBody } from "../../../../../lib/protocol/mod.ts";
import { loggedIn, openCall } from "../../../../../lib/web/rest.ts";

/** AU-7: a login with a passkey and nothing else. */
export const handler = define.api({
  POST: openCall(
    { body: passkeyLoginBody },
    async ({ ctx, services, origin, body }) =>
      loggedIn(await services.twoFactor.login(origin, body, deviceTokenOf(ctx.req))),
  ),
});
