import { define } from "../../../../lib/define.ts";
import { tusDelete, tusHead, tusOptions, tusPatch, tusPost } from "../../../../lib/rest_tus.ts";

/** FI-2: one resumable upload. */
export const handler = define.handlers({
  OPTIONS: (ctx) => tusOptions(ctx, "OPTIONS, HEAD, PATCH, DELETE, POST"),
  HEAD: tusHead,
  PATCH: tusPatch,
  DELETE: tusDelete,
  POST: tusPost,
});
