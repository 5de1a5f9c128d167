import { definePerson } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { localPath, seeOther } from "../../lib/web/pages.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

export const handler = definePerson.api({
  // A reload of the address bar, or the way back after a login, ends at the inbox.
  GET: () => seeOther("/"),
  /** CO-6: stops first and reads the form after, so that nothing about the form can be in the way. */
  async POST(ctx) {
    const stop = await ctx.state.services.safety.stop(ctx.state.caller);
    const form = await readForm(ctx.req);
    // That page says that it could not be saved (OP-9).
    if (stop instanceof Refusal) return seeOther("/resume");
    return seeOther(form instanceof Refusal ? "/" : localPath(form.get("back")));
  },
});
