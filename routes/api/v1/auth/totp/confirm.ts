import { definePerson } from "../../../../../lib/web/define.ts";
import { totpConfirm } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  POST: call(
    { body: totpConfirm },
    ({ services, caller, body }) => services.twoFactor.confirmTotp(caller, body),
  ),
});
