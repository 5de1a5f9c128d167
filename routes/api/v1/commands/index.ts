import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";
import { commandDraft, commandListQuery } from "../../../../lib/protocol/mod.ts";

/** AU-11: as `command.list` and `command.send`, so that one request of a script reads or sends. */
export const handler = definePerson.api({
  GET: call(
    { query: commandListQuery },
    ({ services, caller, query }) => services.commands.list(caller, query),
  ),
  POST: call(
    { status: 201, body: commandDraft },
    ({ services, caller, body }) => services.commands.send(caller, body),
  ),
});
