import { loginLinkBody, Refusal, username } from "../../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../../lib/web/define.ts";
import { loginLinkUrl } from "../../../../../../lib/web/forms/users.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** AU-12: a one-time link for somebody who lost their password. */
export const handler = definePerson.api({
  POST: call(
    { status: 201, path: { username }, body: loginLinkBody },
    async ({ ctx, services, caller, path, body }) => {
      const made = await services.loginLinks.create(caller, path.username, body.reason);
      return made instanceof Refusal
        ? made
        : { url: loginLinkUrl(ctx.state.site, made.token), expiresAt: made.expiresAt };
    },
  ),
});
