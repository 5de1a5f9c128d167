import { definePerson } from "../../../../lib/web/define.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { archiveHeaders, archiveOf } from "../../../../lib/web/archive.ts";
import { call } from "../../../../lib/web/rest.ts";

/** AU-9, also for who is suspended. */
export const handler = definePerson.api({
  GET: call({}, async ({ services, caller }) => {
    const exported = await services.accountData.export(caller);
    return exported instanceof Refusal ? exported : archiveOf(exported);
  }),
  // Begins no archive: nobody would read it, and the person's next one would wait for it.
  HEAD: () => new Response(null, { headers: archiveHeaders }),
});
