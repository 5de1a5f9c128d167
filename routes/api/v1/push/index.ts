import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-7: whether devices can be told of what is new, and the key to subscribe with. */
export const handler = definePerson.api({
  GET: call({}, ({ services }) => services.push.state()),
});
