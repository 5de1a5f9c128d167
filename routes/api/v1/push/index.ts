import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-7: whether browsers can be told, and the key to subscribe with. */
export const handler = definePerson.api({
  GET: call({}, ({ services }) => services.push.state()),
});
