import { definePerson } from "../../../../lib/web/define.ts";
import { inviteBody, Refusal } from "../../../../lib/protocol/mod.ts";
import { inviteUrl } from "../../../../lib/web/invites.ts";
import { call } from "../../../../lib/web/rest.ts";

/** AU-1. */
export const handler = definePerson.api({
  GET: call({ as: "invites" }, ({ services, caller }) => services.invites.list(caller)),
  POST: call({ status: 201, body: inviteBody }, async ({ ctx, services, caller, body }) => {
    const made = await services.invites.create(caller, body);
    return made instanceof Refusal ? made : { ...made, url: inviteUrl(ctx.state.site, made.invite) };
  }),
});
