import { definePerson } from "../../../../../lib/web/define.ts";
import { passwordAndCode, passwordProof } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { body: passwordProof },
    ({ services, caller, body }) => services.twoFactor.beginTotp(caller, body),
  ),
  DELETE: call(
    { body: passwordAndCode },
    ({ services, caller, body }) => services.twoFactor.removeTotp(caller, body),
  ),
});
