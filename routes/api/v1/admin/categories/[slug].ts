import { definePerson } from "../../../../../lib/web/define.ts";
import { categoryChange, slug } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  PATCH: call(
    { as: "category", path: { slug }, body: categoryChange },
    ({ services, caller, path, body }) => services.categories.change(caller, path.slug, body),
  ),
});
