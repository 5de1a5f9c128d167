import { define } from "../../lib/web/define.ts";

/** What the API says is about one person and one moment: nobody keeps it. Errors become problems in `lib/web/app.ts`. */
export const handler = define.middleware(async (ctx) => {
  const response = await ctx.next();
  // The headers of an upgrade cannot be set any more, and 304 is about what was kept before.
  if (response.status !== 101 && response.status !== 304 && !response.headers.has("cache-control")) {
    response.headers.set("cache-control", "no-store");
  }
  return response;
});
