import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";
import { accessTokenBody } from "../../../../lib/protocol/mod.ts";

/** AU-11: access tokens for scripts and bots. */
export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.accounts.tokens(caller)),
  POST: call(
    { status: 201, body: accessTokenBody },
    ({ services, caller, body }) => services.accounts.createToken(caller, body),
  ),
});
