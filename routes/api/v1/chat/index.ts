import { chatDraft } from "../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** CH-1: as `chat.talks` and `chat.send`. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.chat.talks(caller)),
  POST: call({ status: 201, body: chatDraft }, ({ services, caller, body }) => {
    return services.chat.send(caller, body);
  }),
});
