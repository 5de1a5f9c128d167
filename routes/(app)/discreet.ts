import { definePerson } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { localPath, seeOther } from "../../lib/web/pages.ts";
import { discreetCookie } from "../../lib/web/browser_settings.ts";
import { overTls } from "../../lib/web/session.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

export const handler = definePerson.api({
  GET: () => seeOther("/"),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    // What cannot be read hides more, not less.
    const on = form instanceof Refusal || form.get("on") !== "no";
    const back = form instanceof Refusal ? "/" : localPath(form.get("back"));
    await ctx.state.services.push.discreet(ctx.state.caller, on);
    return seeOther(back, { "set-cookie": discreetCookie(on, overTls(ctx)) });
  },
});
