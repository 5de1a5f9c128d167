import { openApi } from "../../lib/reference/mod.ts";
import { define } from "../../lib/web/define.ts";
import { describing } from "../../lib/web/reference.ts";

/** OP-5: REST as an OpenAPI 3.1 document. */
export const handler = define.api({
  GET: ({ state }) => describing(openApi(state.services.config.basePath)),
});
