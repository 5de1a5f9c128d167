import { definePerson } from "../../../../../../lib/web/define.ts";
import { pushDeviceId as deviceId } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** UI-12: sends a push now, and tells what the push service said. */
export const handler = definePerson.api({
  POST: call(
    { path: { deviceId } },
    ({ services, caller, path }) => services.push.test(caller, path.deviceId),
  ),
});
