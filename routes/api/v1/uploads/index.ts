import { definePerson } from "../../../../lib/web/define.ts";
import { tusCreate, tusOptions } from "../../../../lib/web/files/tus.ts";

/** FI-2: where resumable uploads begin. */
export const handler = definePerson.api({
  OPTIONS: (ctx) => tusOptions(ctx, "OPTIONS, POST"),
  POST: tusCreate,
});
