import { define } from "../../lib/define.ts";
import { seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { overTls } from "../../lib/page_session.ts";
import { clearSessionCookie } from "../../lib/rest.ts";

export const handler = define.handlers({
  GET: () => seeOther("/"),
  async POST(ctx) {
    await ctx.state.services.accounts.logout(callerOf(ctx.state));
    return seeOther("/login", {
      "set-cookie": clearSessionCookie(overTls(ctx)),
      // UI-3: nothing of the person stays in the browser, also where its own scripts did not get to it.
      "clear-site-data": '"storage"',
    });
  },
});
