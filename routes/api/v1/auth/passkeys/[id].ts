import { definePerson } from "../../../../../lib/web/define.ts";
import { credentialId, passwordProof } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  DELETE: call(
    { path: { id: credentialId }, body: passwordProof },
    ({ services, caller, path, body }) => services.twoFactor.removePasskey(caller, path.id, body),
  ),
});
