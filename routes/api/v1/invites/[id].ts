import { definePerson } from "../../../../lib/web/define.ts";
import { id } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  DELETE: call({ path: { id } }, ({ services, caller, path }) => services.invites.revoke(caller, path.id)),
});
