import { definePerson } from "../../../../lib/web/define.ts";
import { accountRemoval, Refusal } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";
import { clearSessionCookies } from "../../../../lib/web/authentication.ts";
import { done } from "../../../../lib/web/problems.ts";

/** AU-9, also for who is suspended. */
export const handler = definePerson.api({
  DELETE: call({ body: accountRemoval }, async ({ ctx, services, caller, body }) => {
    const removed = await services.accountData.remove(caller, body);
    if (removed instanceof Refusal || caller.by !== "cookie") return removed;
    const secure = ctx.url.protocol === "https:";
    return done(true, [...clearSessionCookies(secure), ["clear-site-data", '"storage"']]);
  }),
});
