import { definePerson } from "../../../../lib/web/define.ts";
import { tusDelete, tusHead, tusOptions, tusPatch, tusPost } from "../../../../lib/web/files/tus.ts";

/** FI-2: one resumable upload. */
export const handler = definePerson.api({
  OPTIONS: (ctx) => tusOptions(ctx, "OPTIONS, HEAD, PATCH, DELETE, POST"),
  HEAD: tusHead,
  PATCH: tusPatch,
  DELETE: tusDelete,
  POST: tusPost,
});
