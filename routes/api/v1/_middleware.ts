import { admit } from "../../../lib/web/admission.ts";
import { define } from "../../../lib/web/define.ts";
import { isTus, tusHeaders } from "../../../lib/web/files/tus.ts";
import { problem } from "../../../lib/web/problems.ts";

/** Every call behind this knows its person; `lib/web/admission.ts` says who is let in where. */
export default define.middleware(async (ctx) => {
  const refusal = await admit(ctx);
  if (refusal === undefined) return await ctx.next();
  return problem(refusal, isTus(ctx.route) ? tusHeaders : {});
});
