import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-7: the person's sanctions in force, also for suspended people. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.sanctions.list(caller)),
});
