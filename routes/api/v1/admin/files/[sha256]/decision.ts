import { definePerson } from "../../../../../../lib/web/define.ts";
import { fileDecision, sha256 } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** SC-2: a moderator's word on a file that is held. */
export const handler = definePerson.api({
  POST: call(
    { as: "file", path: { sha256 }, body: fileDecision },
    ({ services, caller, path, body }) => services.adminFiles.decide(caller, path.sha256, body),
  ),
});
