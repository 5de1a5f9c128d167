import { define } from "../../../../lib/web/define.ts";
import { loginBody } from "../../../../lib/protocol/mod.ts";
import { openCall } from "../../../../lib/web/rest.ts";

export const handler = define.api({
  POST: openCall({ body: loginBody }, ({ services, origin, body }) => services.accounts.login(origin, body)),
});
