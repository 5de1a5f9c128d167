import { define } from "../../../../lib/web/define.ts";
import { auditQuery } from "../../../../lib/protocol/mod.ts";
import { answer, asStaff, withQuery } from "../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(
      ctx,
      "admin",
      (caller) =>
        withQuery(
          ctx,
          auditQuery,
          async (query) => answer(await ctx.state.services.audit.page(caller, query)),
        ),
    ),
});
