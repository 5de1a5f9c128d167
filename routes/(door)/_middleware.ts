import { define } from "../../lib/web/define.ts";

/** Pages before a login are never kept: the back button must not show a form with what somebody typed. */
export default define.middleware(async (ctx) => {
  const response = await ctx.next();
  response.headers.set("cache-control", "no-store");
  return response;
});
