import { define } from "../../../lib/web/define.ts";
import { readLook } from "../../../lib/web/forms/look.ts";
import { seeOther } from "../../../lib/web/pages.ts";

/** Theme and language of this browser, before a login. */
export const handler = define.api({
  GET: () => seeOther("/login"),
  POST: async (ctx) => (await readLook(ctx, "/login")).response,
});
