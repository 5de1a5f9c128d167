import { definePerson } from "../../lib/web/define.ts";
import { seeOther } from "../../lib/web/pages.ts";
import { overTls } from "../../lib/web/session.ts";
import { clearSessionCookies } from "../../lib/web/authentication.ts";

export const handler = definePerson.api({
  GET: () => seeOther("/"),
  async POST(ctx) {
    await ctx.state.services.accounts.logout(ctx.state.caller);
    return seeOther("/login", [
      ...clearSessionCookies(overTls(ctx)),
      // UI-3: nothing of the person stays in the browser, also where its own scripts did not get to it.
      ["clear-site-data", '"storage"'],
    ]);
  },
});
