import { auditExportQuery, Refusal } from "../../../../../lib/protocol/mod.ts";
import { auditCsv } from "../../../../../lib/text/mod.ts";
import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";
import { fileOf } from "../../../../../lib/web/text_file.ts";

/** MO-3. */
export const handler = definePerson.api({
  GET: call({ query: auditExportQuery }, async ({ services, caller, query }) => {
    const entries = await services.audit.export(caller, query);
    if (entries instanceof Refusal) return entries;
    return fileOf(auditCsv(entries), "audit.csv", "text/csv; charset=utf-8");
  }),
});
