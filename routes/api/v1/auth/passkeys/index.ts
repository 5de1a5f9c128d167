import { definePerson } from "../../../../../lib/web/define.ts";
import { passkeyBody } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { status: 201, body: passkeyBody },
    ({ services, caller, body }) => services.twoFactor.addPasskey(caller, body),
  ),
});
