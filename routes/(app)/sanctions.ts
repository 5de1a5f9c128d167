import { definePerson } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { localPath, noPage, seeOther } from "../../lib/web/pages.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

export const handler = definePerson.api({
  GET: () => seeOther("/account"),
  /** MO-7: a warning was read. */
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) throw noPage(form);
    const read = await ctx.state.services.sanctions.read(ctx.state.caller, form.get("id") ?? "");
    // One that was lifted meanwhile is gone, as the person wanted.
    if (read instanceof Refusal && read.kind !== "not_found") throw noPage(read);
    return seeOther(localPath(form.get("back")));
  },
});
