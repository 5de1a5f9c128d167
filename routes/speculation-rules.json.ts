import { define } from "../lib/web/define.ts";
import { rulesType, speculationRules } from "../lib/web/prefetch.ts";

/** The same for everyone, so any cache can keep it. */
export const handler = define.handlers({
  GET: ({ state }) =>
    new Response(speculationRules(state.services.config.basePath), {
      headers: { "content-type": rulesType, "cache-control": "public, max-age=3600" },
    }),
});
