import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { must } from "../fakes/accounts_rig.ts";
import { cybertipService } from "../fakes/cybertip_service.ts";
import { matchedBytes } from "../fakes/matched_bytes.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

/** An incident about bytes of bob and others, and a moderator to look at it. */
async function matched(app: AppRig, others: readonly string[] = []) {
  await app.setRole("ann", "moderator");
  const incident = await matchedBytes(app, ["bob", ...others]);
  const current = async () => must(await app.services.incidents.get(await app.caller("ann"), incident.id));
  return { incident, current, path: `/admin/incidents/${incident.id}`, cookie: app.cookieOf("ann") };
}

Deno.test("SC-6: an incident shows its metadata, says that the picture is never shown, and leads nowhere to it", async () => {
  await withApp(async (send, app) => {
    const { incident, path, cookie } = await matched(app, ["carl"]);
    const list = await (await send("/admin/incidents", as(cookie))).text();
    assert.match(list, /JPEG picture of @bob and 1 other/);
    const html = await (await send(path, as(cookie))).text();
    assert.ok(html.includes("The file is never shown"));
    for (
      const words of [
        "shield",
        "csam",
        "near match",
        "known since 2019",
        "192.0.2.1",
        "port 50000",
      ]
    ) {
      assert.ok(html.includes(words), words);
    }
    assert.ok(html.includes(incident.sha256) && html.includes("encrypted evidence store"));
    assert.match(html, /Legal hold until[^]*datetime="2027-01-01/i);
    assert.ok(!html.includes("<img") && !html.includes("/api/v1/files/"));
    assert.ok(!html.includes('value="submit"'), "nothing to submit before a draft");
    const [first] = incident.uploads;
    answerNext(app.services.incidents, "get", { ...incident, uploads: [{ ...first!, port: null }] });
    assert.ok((await (await send(path, as(cookie))).text()).includes("port not known"));
  }, { people: ["ann", "bob", "carl"] });
});

Deno.test("SC-6: a report is drafted, checked, read as XML and submitted with a confirmation", async () => {
  await using tipline = cybertipService();
  const env = {
    BEHEST_CYBERTIP_URL: tipline.url,
    BEHEST_CYBERTIP_USER: tipline.credentials.user,
    BEHEST_CYBERTIP_PASSWORD: tipline.credentials.password,
  };
  await withApp(async (send, app) => {
    const { current, path, cookie } = await matched(app);
    const incidentType = "Child Sex Tourism";
    const wrong = await send(path, form({ action: "draft", incidentType: nasty, escalate: nasty }, cookie));
    assert.equal(wrong.status, 400);
    const shown = await wrong.text();
    assertNoMarkup(shown);
    assert.ok(shown.includes('id="incidentType-error"'));
    const draft = { action: "draft", incidentType, escalate: "", additionalInfo: "Twice.\r\nSince May." };
    const saved = await send(path, form(draft, cookie));
    assert.equal(saved.headers.get("location"), `${path}?notice=drafted`);
    const { report } = await current();
    assert.deepEqual([report?.escalate, report?.additionalInfo], [null, "Twice.\nSince May."]);
    const problems = [told(nasty), told("No company.")];
    answerNext(app.services.incidents, "report", { xml: "<report/>", problems });
    const faulty = await (await send(path, as(cookie))).text();
    assertNoMarkup(faulty);
    assert.ok(faulty.includes("No company.") && !faulty.includes('value="submit"'));
    const ready = await (await send(path, as(cookie))).text();
    assert.ok(ready.includes("The report is complete.") && ready.includes('value="submit"'));
    assert.match(ready, /<option value="Child Sex Tourism" selected/);
    const xml = await send(`${path}/report.xml`, as(cookie));
    assert.equal(xml.headers.get("content-type"), "application/xml");
    assert.match(
      xml.headers.get("content-disposition") ?? "",
      /^attachment; filename="report-[0-9A-Z]{26}\.xml"$/,
    );
    assert.match(await xml.text(), /^<\?xml[^]*<incidentType>Child Sex Tourism</);
    const unsure = await send(path, form({ action: "submit" }, cookie));
    assert.equal(unsure.status, 400);
    assert.match(await unsure.text(), /id="confirm-error">Tick this to submit/);
    assert.equal((await current()).report?.submittedAt, null);
    const done = await send(path, form({ action: "submit", confirm: "yes" }, cookie));
    assert.equal(done.headers.get("location"), `${path}?notice=submitted`);
    const after = await (await send(path, as(cookie))).text();
    const [filed] = [...tipline.reports.values()];
    assert.ok(after.includes(`Report submitted, number ${filed?.id}`) && !after.includes('value="draft"'));
  }, { env });
});

Deno.test("SC-6: an incident is closed with a reason, and only ticked accounts come back", async () => {
  await withApp(async (send, app) => {
    const { current, path, cookie } = await matched(app, ["carl"]);
    const html = await (await send(path, as(cookie))).text();
    assert.deepEqual([...html.matchAll(/name="reinstate" value="([^"]*)"/g)].map(([, name]) => name), [
      "bob",
      "carl",
    ]);
    const fields: [string, string][] = [["action", "close"], ["reason", "A drawing."], ["reinstate", "bob"]];
    const unsure = await send(path, form(fields, cookie));
    assert.equal(unsure.status, 400);
    const kept = await unsure.text();
    assert.match(kept, /name="reinstate" value="bob" checked/);
    assert.ok(kept.includes("A drawing.") && kept.includes('id="sure-error"'));
    const silent = await send(path, form([["action", "close"], ["reason", " "], ["sure", "yes"]], cookie));
    assert.equal(silent.status, 400);
    assert.match(await silent.text(), /id="reason-error">Enter a reason/);
    assert.equal((await current()).closed, null);
    assert.equal((await send(path, form({ action: "explode" }, cookie))).status, 400);
    const notNow = new Refusal("forbidden", told("Only administrators close incidents."));
    answerNext(app.services.incidents, "close", notNow);
    const forbidden = await send(path, form([...fields, ["sure", "yes"]], cookie));
    assert.equal(forbidden.status, 403);
    assert.ok((await forbidden.text()).includes("Only administrators close incidents."));
    const done = await send(path, form([...fields, ["sure", "yes"]], cookie));
    assert.equal(done.headers.get("location"), `${path}?notice=closed`);
    const root = await app.caller("root");
    const status = async (who: string) => must(await app.services.users.get(root, who)).status;
    assert.deepEqual([await status("bob"), await status("carl")], ["active", "suspended"]);
    const closed = await (await send(path, as(cookie))).text();
    assert.match(closed, /Closed by @ann[^]*“A drawing\.”/);
    assert.ok(!closed.includes('value="close"') && !closed.includes('value="draft"'));
  }, { people: ["ann", "bob", "carl"] });
});
