import { definePerson } from "../../../../../lib/web/define.ts";
import { passkeyOptionsBody } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";
import { placeOf } from "../../../../../lib/web/authentication.ts";

export const handler = definePerson.api({
  POST: call(
    { body: passkeyOptionsBody },
    ({ ctx, services, caller, body }) => services.twoFactor.passkeyOptions(caller, placeOf(ctx), body),
  ),
});
