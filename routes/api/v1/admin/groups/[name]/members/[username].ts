import { definePerson } from "../../../../../../../lib/web/define.ts";
import { memberBody, slug, username } from "../../../../../../../lib/protocol/mod.ts";
import { done } from "../../../../../../../lib/web/problems.ts";
import { call } from "../../../../../../../lib/web/rest.ts";

/** BR-6: for administrators and the group's owners; for everybody else the service knows no such group. */
export const handler = definePerson.api({
  PUT: call(
    { as: "group", path: { name: slug, username }, body: memberBody },
    ({ services, caller, path, body }) => services.groups.setMember(caller, path.name, path.username, body),
  ),
  DELETE: call(
    { path: { name: slug, username } },
    async ({ services, caller, path }) =>
      done(await services.groups.removeMember(caller, path.name, path.username)),
  ),
});
