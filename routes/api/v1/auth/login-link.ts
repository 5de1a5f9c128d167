import { loginLinkUse } from "../../../../lib/protocol/mod.ts";
import { define } from "../../../../lib/web/define.ts";
import { openCall } from "../../../../lib/web/rest.ts";

/** AU-12: a new password, by the link of an administrator. */
export const handler = define.api({
  POST: openCall(
    { as: "user", body: loginLinkUse },
    ({ services, origin, body }) => services.loginLinks.use(origin, body),
  ),
});
