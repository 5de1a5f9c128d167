import { definePerson } from "../../../lib/web/define.ts";
import { keptZoneCookie } from "../../../lib/web/browser_settings.ts";
import { readForm } from "../../../lib/web/forms/form.ts";
import { noPage, seeOther, zoneOf } from "../../../lib/web/pages.ts";
import { overTls } from "../../../lib/web/session.ts";
import { checked, profileChange, Refusal } from "../../../lib/protocol/mod.ts";

/** CO-4: the account goes to the browser's time zone, or stays in its own and is not asked about that again here. */
export const handler = definePerson.api({
  GET: () => seeOther("/preferences"),
  async POST(ctx) {
    const { caller, services } = ctx.state;
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal
      ? form
      : checked(profileChange, { timeZone: form.get("zone") ?? "" });
    if (change instanceof Refusal) throw noPage(change);
    const response = seeOther("/preferences");
    if (form instanceof URLSearchParams && form.get("action") === "keep") {
      const zones = { account: await zoneOf(ctx), browser: change.timeZone! };
      response.headers.append("set-cookie", keptZoneCookie(ctx.req, zones, overTls(ctx)));
      return response;
    }
    const changed = await services.profiles.change(caller, change);
    if (changed instanceof Refusal) throw noPage(changed);
    return response;
  },
});
