import { definePerson } from "../../../../../lib/web/define.ts";
import { categoryBody } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({ as: "categories" }, ({ services, caller }) => services.categories.all(caller)),
  POST: call(
    { as: "category", status: 201, body: categoryBody },
    ({ services, caller, body }) => services.categories.add(caller, body),
  ),
});
