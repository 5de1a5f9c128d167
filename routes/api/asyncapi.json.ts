import { asyncApi } from "../../lib/reference/mod.ts";
import { define } from "../../lib/web/define.ts";
import { describing } from "../../lib/web/reference.ts";

/** OP-5: the socket as an AsyncAPI 3.0 document. */
export const handler = define.api({
  GET: (ctx) =>
    describing(
      asyncApi({
        host: ctx.url.host,
        secure: ctx.url.protocol === "https:",
        basePath: ctx.state.services.config.basePath,
      }),
    ),
});
