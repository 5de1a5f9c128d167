import { definePerson } from "../../../../lib/web/define.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";
import { contentDisposition } from "../../../../lib/web/files/content_headers.ts";

const headers = {
  "cache-control": "private, no-store, no-transform",
  "content-type": "application/zip",
};

/** AU-9, also for who is suspended. The archive is made while it is sent, so nobody knows its length before. */
export const handler = definePerson.api({
  GET: call({}, async ({ services, caller }) => {
    const exported = await services.accountData.export(caller);
    if (exported instanceof Refusal) return exported;
    return new Response(exported.archive, {
      headers: { ...headers, "content-disposition": contentDisposition("attachment", exported.name) },
    });
  }),
  // Begins no archive: nobody would read it, and the person's next one would wait for it.
  HEAD: () => new Response(null, { headers }),
});
