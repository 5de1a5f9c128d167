import { define } from "../../../../lib/web/define.ts";
import { registerBody } from "../../../../lib/protocol/mod.ts";
import { openCall } from "../../../../lib/web/rest.ts";

/** AU-1. */
export const handler = define.api({
  POST: openCall(
    { as: "user", status: 201, body: registerBody },
    ({ services, origin, body }) => services.accounts.register(origin, body),
  ),
});
