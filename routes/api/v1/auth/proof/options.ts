import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";
import { placeOf } from "../../../../../lib/web/authentication.ts";

/** AU-13: what a browser asks the caller's passkeys to sign. */
export const handler = definePerson.api({
  POST: call({}, ({ ctx, services, caller }) => services.twoFactor.proveOptions(caller, placeOf(ctx))),
});
