import { definePerson } from "../../lib/web/define.ts";
import { readLook } from "../../lib/web/forms/look.ts";
import { noPage, seeOther } from "../../lib/web/pages.ts";
import { Refusal } from "../../lib/protocol/mod.ts";

/** Theme and language from the person's menu. The language is the person's (AU-8), and this browser's before a login. */
export const handler = definePerson.api({
  GET: () => seeOther("/"),
  async POST(ctx) {
    const { caller, services } = ctx.state;
    const { language, response } = await readLook(ctx, "/");
    if (language !== null && language !== await services.profiles.language(caller)) {
      const changed = await services.profiles.change(caller, { language });
      if (changed instanceof Refusal) throw noPage(changed);
    }
    return response;
  },
});
