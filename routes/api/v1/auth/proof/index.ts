import { definePerson } from "../../../../../lib/web/define.ts";
import { proofBody } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** AU-13: shows who the caller is, before a dangerous call. */
export const handler = definePerson.api({
  POST: call({ body: proofBody }, ({ services, caller, body }) => services.twoFactor.prove(caller, body)),
});
