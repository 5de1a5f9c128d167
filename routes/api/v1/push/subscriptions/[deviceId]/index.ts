import { definePerson } from "../../../../../../lib/web/define.ts";
import { pushDeviceId as deviceId } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  DELETE: call(
    { path: { deviceId } },
    ({ services, caller, path }) => services.push.remove(caller, path.deviceId),
  ),
});
