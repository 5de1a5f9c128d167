import { connectionOf } from "../../../../../lib/web/authentication.ts";
import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";
import { tokensAnswer } from "../../../../../lib/web/session.ts";
import { Refusal } from "../../../../../lib/protocol/mod.ts";

export const handler = definePerson.api({
  GET: call({}, ({ services, caller }) => services.accounts.sessions(caller)),
  /** AU-13: logs out all other devices; the caller goes on with the tokens of the answer. */
  DELETE: call({}, async ({ ctx, services, caller }) => {
    const tokens = await services.accounts.revokeOthers(caller, connectionOf(ctx.req));
    return tokens instanceof Refusal ? tokens : tokensAnswer(ctx, tokens, caller.by === "cookie");
  }),
});
