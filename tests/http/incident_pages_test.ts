import assert from "node:assert/strict";
import { type Incident, Refusal, type Role } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { as, form, withPages } from "../fakes/pages.ts";
import type { FakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

const at = "2026-01-02T03:04:05.000Z";
const incidentId = "01JGFJJZ00000000000000000K";
const hashOf = (digit: string) => digit.repeat(64);

function enter(fake: FakeServices, role: Role): string {
  const person = fake.world.people.get("ann");
  assert.ok(person !== undefined);
  person.user.role = role;
  return fake.cookieOf("ann");
}

function match(over: Partial<Incident> = {}): Incident {
  const upload = { fileId: null, name: "x.png", userId: "1", at, address: "192.0.2.7", port: 50123 };
  return {
    id: incidentId,
    state: "open",
    sha256: hashOf("b"),
    size: 4096,
    type: "image/jpeg",
    createdAt: at,
    provider: "shield",
    classification: "csam",
    matchType: "near",
    answer: "known since 2019",
    uploads: [{ ...upload, username: "bob" }, { ...upload, at: "later", username: "carl", port: null }],
    evidence: "sealed",
    holdUntil: "2027-01-02T03:04:05.000Z",
    report: null,
    closed: null,
    ...over,
  };
}

const report: NonNullable<Incident["report"]> = {
  incidentType: "Child Sex Tourism",
  escalate: null,
  additionalInfo: "Twice.",
  updatedAt: at,
  updatedBy: "ann",
  submittedAt: null,
  reportId: null,
};

Deno.test("SC-6: an incident shows its metadata, says that the picture is never shown, and leads nowhere to it", async () => {
  await withPages(async (send, fake) => {
    const incident = match();
    fake.world.incidents.push(incident);
    const cookie = enter(fake, "moderator");
    const list = await (await send("/admin/incidents", as(cookie))).text();
    assert.match(list, /JPEG picture of @bob and 1 other/);
    const html = await (await send(`/admin/incidents/${incidentId}`, as(cookie))).text();
    assert.ok(html.includes("The file is never shown"));
    for (
      const words of [
        "shield",
        "csam",
        "near match",
        "known since 2019",
        "192.0.2.7",
        "port 50123",
        "port not known",
      ]
    ) {
      assert.ok(html.includes(words), words);
    }
    assert.ok(html.includes(hashOf("b")) && html.includes("encrypted evidence store"));
    assert.match(html, /Legal hold until[^]*datetime="2027-01-02/i);
    assert.ok(!html.includes("<img") && !html.includes("/api/v1/files/"));
    assert.ok(!html.includes('value="submit"'), "nothing to submit before a draft");
  });
});

Deno.test("SC-6: a report is drafted, checked, read as XML and submitted with a confirmation", async () => {
  await withPages(async (send, fake) => {
    const incident = match();
    fake.world.incidents.push(incident);
    const cookie = enter(fake, "moderator");
    const path = `/admin/incidents/${incidentId}`;
    const { incidentType } = report;
    const wrong = await send(path, form({ action: "draft", incidentType: nasty, escalate: nasty }, cookie));
    assert.equal(wrong.status, 400);
    const shown = await wrong.text();
    assertNoMarkup(shown);
    assert.ok(shown.includes('id="incidentType-error"'));
    const draft = { action: "draft", incidentType, escalate: "", additionalInfo: "Twice.\r\nSince May." };
    const saved = await send(path, form(draft, cookie));
    assert.equal(saved.headers.get("location"), `${path}?notice=drafted`);
    assert.equal(incident.report?.escalate, null);
    assert.equal(incident.report?.additionalInfo, "Twice.\nSince May.");
    fake.services.incidents.report = () =>
      Promise.resolve({ xml: "<report/>", problems: [told(nasty), told("No company.")] });
    const faulty = await (await send(path, as(cookie))).text();
    assertNoMarkup(faulty);
    assert.ok(faulty.includes("No company.") && !faulty.includes('value="submit"'));
    fake.services.incidents.report = () => Promise.resolve({ xml: "<report/>", problems: [] });
    const ready = await (await send(path, as(cookie))).text();
    assert.ok(ready.includes("The report is complete.") && ready.includes('value="submit"'));
    assert.match(ready, /<option value="Child Sex Tourism" selected/);
    const xml = await send(`${path}/report.xml`, as(cookie));
    assert.equal(xml.headers.get("content-type"), "application/xml");
    assert.match(
      xml.headers.get("content-disposition") ?? "",
      /^attachment; filename="report-[0-9A-Z]{26}\.xml"$/,
    );
    assert.equal(await xml.text(), "<report/>");
    const unsure = await send(path, form({ action: "submit" }, cookie));
    assert.equal(unsure.status, 400);
    assert.match(await unsure.text(), /id="confirm-error">Tick this to submit/);
    assert.equal(incident.report?.submittedAt, null);
    const done = await send(path, form({ action: "submit", confirm: "yes" }, cookie));
    assert.equal(done.headers.get("location"), `${path}?notice=submitted`);
    const after = await (await send(path, as(cookie))).text();
    assert.ok(after.includes("Report submitted, number 4711") && !after.includes('value="draft"'));
  });
});

Deno.test("SC-6: an incident is closed with a reason, and only ticked accounts come back", async () => {
  await withPages(async (send, fake) => {
    const incident = match({ report });
    fake.world.incidents.push(incident);
    const cookie = enter(fake, "admin");
    const path = `/admin/incidents/${incidentId}`;
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
    assert.equal(incident.closed, null);
    assert.equal((await send(path, form({ action: "explode" }, cookie))).status, 400);
    fake.world.refuse.set(
      "incident.close",
      new Refusal("forbidden", told("Only administrators close incidents.")),
    );
    const forbidden = await send(path, form([...fields, ["sure", "yes"]], cookie));
    assert.equal(forbidden.status, 403);
    assert.ok((await forbidden.text()).includes("Only administrators close incidents."));
    const done = await send(path, form([...fields, ["sure", "yes"]], cookie));
    assert.equal(done.headers.get("location"), `${path}?notice=closed`);
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "incident.close",
      params: { id: incidentId, reason: "A drawing.", reinstate: ["bob"] },
    });
    const closed = await (await send(path, as(cookie))).text();
    assert.match(closed, /Closed by @ann[^]*“A drawing\.”/);
    assert.ok(!closed.includes('value="close"') && !closed.includes('value="draft"'));
  });
});
