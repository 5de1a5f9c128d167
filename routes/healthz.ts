import { define } from "../lib/define.ts";

/** Whether the process answers (OP-4). */
export const handler = define.handlers({
  GET: () => Response.json({ status: "ok" }),
});
