import { define } from "../../../../../lib/web/define.ts";
import { passkeyLoginBody } from "../../../../../lib/protocol/mod.ts";
import { openCall } from "../../../../../lib/web/rest.ts";

/** AU-7: a login with a passkey and nothing else. */
export const handler = define.api({
  POST: openCall(
    { body: passkeyLoginBody },
    ({ services, origin, body }) => services.twoFactor.login(origin, body),
  ),
});
