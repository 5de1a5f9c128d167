import { define } from "../../../../../lib/web/define.ts";
import { openCall } from "../../../../../lib/web/rest.ts";
import { placeOf } from "../../../../../lib/web/authentication.ts";

/** AU-7: what a browser is asked for a login with a passkey. Anybody may ask. */
export const handler = define.api({
  POST: openCall({}, ({ ctx, services, origin }) => services.twoFactor.loginOptions(origin, placeOf(ctx))),
});
