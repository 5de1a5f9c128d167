import type { Middleware } from "fresh";
import { asset } from "fresh/runtime";
import type { State } from "./define.ts";
import { ownSheets, sheets } from "./sheets.ts";

/**
 * Names the stylesheets before the scripts. Fresh names a page's scripts in `Link`, which browsers read before the page: over
 * HTTP/1.1 they have six connections, so the stylesheets, without which nothing is painted, could wait behind thirty scripts.
 */
export const styleFirst: Middleware<State> = async (ctx) => {
  const response = await ctx.next();
  const link = response.headers.get("link");
  if (link?.includes("modulepreload")) {
    const own = ownSheets[ctx.url.pathname];
    const first = [...sheets, ...own === undefined ? [] : [own]].map((sheet) =>
      `<${asset(sheet)}>; rel="preload"; as="style"`
    );
    response.headers.set("link", [...first, link].join(", "));
  }
  return response;
};
