import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";
import { clearSessionCookies } from "../../../../lib/web/authentication.ts";
import { done } from "../../../../lib/web/problems.ts";

export const handler = definePerson.api({
  POST: call({}, async ({ ctx, services, caller }) => {
    await services.accounts.logout(caller);
    const secure = ctx.url.protocol === "https:";
    return done(true, caller.by === "cookie" ? clearSessionCookies(secure) : {});
  }),
});
