import { define } from "../../../../lib/web/define.ts";
import { beginSso } from "../../../../lib/web/forms/sso.ts";
import { seeOther } from "../../../../lib/web/pages.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";

/** The way to the issuer (AU-12). A refusal is told by the page of the way back. */
export const handler = define.api({
  async GET(ctx) {
    const begun = await beginSso(ctx);
    return begun instanceof Refusal ? seeOther(`/login/sso?refused=${begun.kind}`) : begun;
  },
});
