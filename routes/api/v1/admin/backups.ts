import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** OP-6: backups stay on the server; no call gives one out. */
export const handler = definePerson.api({
  GET: call({ as: "backup" }, ({ services, caller }) => services.backups.state(caller)),
  POST: call({ as: "backup", status: 202 }, ({ services, caller }) => services.backups.make(caller)),
});
