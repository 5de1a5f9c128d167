import { definePerson } from "../../../../lib/web/define.ts";
import { passwordProof } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { body: passwordProof },
    ({ services, caller, body }) => services.twoFactor.newRecoveryCodes(caller, body),
  ),
});
