import { definePerson } from "../../../../lib/web/define.ts";
import { fileQuery } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";
import { readUpload } from "../../../../lib/web/files/upload.ts";

/** FI-1, and a person's own files (FI-5). */
export const handler = definePerson.api({
  GET: call({ query: fileQuery }, ({ services, caller, query }) => services.files.list(caller, query)),
  POST: call({ as: "file", status: 201 }, ({ ctx, caller }) => readUpload(ctx, caller)),
});
