import { define } from "../../lib/define.ts";
import { localPath, readForm, seeOther } from "../../lib/forms.ts";
import { discreetCookie } from "../../lib/page_discreet.ts";
import { overTls } from "../../lib/page_session.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: () => seeOther("/"),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    // What cannot be read hides more, not less.
    const on = form instanceof Refusal || form.get("on") !== "no";
    const back = form instanceof Refusal ? "/" : localPath(form.get("back"));
    return seeOther(back, { "set-cookie": discreetCookie(on, overTls(ctx)) });
  },
});
