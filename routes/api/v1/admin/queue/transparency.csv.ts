import { Refusal, transparencyQuery } from "../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-2: numbers that a server can publish. */
export const handler = definePerson.api({
  GET: call({ query: transparencyQuery }, async ({ services, caller, query }) => {
    const found = await services.queue.transparency(caller, query.year);
    if (found instanceof Refusal) return found;
    const headers = {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="transparency-${query.year}.csv"`,
      "cache-control": "no-store",
    };
    return new Response(found.csv, { headers });
  }),
});
