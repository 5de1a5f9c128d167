import { id, Refusal } from "../../../../../lib/protocol/mod.ts";
import { answersCsv } from "../../../../../lib/text/mod.ts";
import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** CM-9: the answers to a command, for its sender. */
export const handler = definePerson.api({
  GET: call({ path: { id } }, async ({ services, caller, path }) => {
    const detail = await services.commands.get(caller, { id: path.id });
    if (detail instanceof Refusal) return detail;
    const csv = answersCsv(detail);
    if (csv === null) return new Refusal("not_found", "command.noAnswers");
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="answers-${path.id}.csv"`,
        "cache-control": "no-store",
      },
    });
  }),
});
