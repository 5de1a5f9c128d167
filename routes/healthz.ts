import { define } from "../lib/web/define.ts";

/** Whether the process answers (OP-4). */
export const handler = define.api({
  GET: () => Response.json({ status: "ok" }),
});
