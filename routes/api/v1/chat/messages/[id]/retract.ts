import { id } from "../../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../../lib/web/define.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** CH-3: as `chat.retract`. */
export const handler = definePerson.api({
  POST: call({ path: { id } }, ({ services, caller, path }) => {
    return services.chat.retract(caller, { id: path.id });
  }),
});
