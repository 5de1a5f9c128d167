import { chatReadParams } from "../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** CH-1: as `chat.read`. */
export const handler = definePerson.api({
  POST: call({ body: chatReadParams }, ({ services, caller, body }) => services.chat.read(caller, body)),
});
