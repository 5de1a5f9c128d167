import { definePerson } from "../../../../lib/web/define.ts";
import { noticeQuery } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** UI-11: the person's notices, newest first. */
export const handler = definePerson.api({
  GET: call({ query: noticeQuery }, ({ services, caller, query }) => services.notices.list(caller, query)),
});
