import assert from "node:assert/strict";
import { CyberTipClient } from "../../lib/adapters/cybertip/client.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import {
  incident as incidentSchema,
  incidentPage,
  incidentTypes,
  type Role,
} from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { cybertipService, readXml } from "../fakes/cybertip_service.ts";
import { incidentRig } from "../fakes/incident_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";

const draft = { incidentType: incidentTypes[0], escalate: null, additionalInfo: "Nothing more." };
const unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/** The real room over a store in memory behind the routes, and the CyberTipline's fake. */
async function flow(role: Role = "moderator") {
  const tipline = cybertipService();
  const { url, credentials } = tipline;
  const client = new CyberTipClient({ url, ...credentials, clock: new FakeClock(), log: silentLog });
  const rig = await incidentRig({ cybertip: client });
  const app = await AppRig.start();
  Object.assign(app.services, { incidents: rig.incidents });
  const cookie = app.cookieOf("ann");
  await app.setRole("ann", role);
  const { send } = app;
  const request = (method: string, path: string, body?: unknown, as: string | null = cookie) =>
    send(`/api/v1/admin/incidents${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "sec-fetch-site": "same-origin",
        ...(as === null ? {} : { cookie: as }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, body?: unknown, as: string | null = cookie) => {
    const response = await request(method, path, body, as);
    return { status: response.status, body: await response.json() };
  };
  const uploader = await rig.person("uploader");
  const match = await rig.matched([uploader]);
  return {
    call,
    app,
    match,
    request,
    rig,
    tipline,
    uploader,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
      await tipline[Symbol.asyncDispose]();
    },
  };
}

Deno.test("SC-6: a moderator lists, drafts, views, submits and closes an incident over REST", async () => {
  await using at = await flow();
  const { call, match, rig } = at;
  const page = await call("GET", "?state=open&limit=1");
  assert.equal(page.status, 200);
  assert.deepEqual(incidentPage.parse(page.body).incidents.map(({ id }) => id), [match.id]);
  const path = `/${match.id}`;
  const got = await call("GET", path);
  assert.deepEqual(incidentSchema.parse(got.body.incident), got.body.incident);
  assert.equal((await call("GET", `${path}/report.xml`)).status, 409);
  assert.equal((await call("POST", `${path}/report`)).status, 409);
  assert.equal(
    (await call("PUT", `${path}/report`, draft)).body.incident.report.additionalInfo,
    "Nothing more.",
  );

  const file = await at.request("GET", `${path}/report.xml`);
  assert.equal(file.status, 200);
  assert.equal(file.headers.get("content-type"), "application/xml; charset=utf-8");
  assert.equal(file.headers.get("content-disposition"), `attachment; filename="cybertip-${match.id}.xml"`);
  assert.match(file.headers.get("cache-control") ?? "", /no-store/);
  assert.equal(file.headers.get("behest-report-problems"), null);
  assert.equal(readXml(await file.text()).name, "report");

  assert.equal((await call("POST", `${path}/report`)).status, 409, "not sealed yet");
  await rig.jobs.runDue();
  const submitted = await call("POST", `${path}/report`);
  assert.equal(submitted.status, 200);
  assert.equal(submitted.body.incident.state, "reported");
  const [filed] = [...at.tipline.reports.values()];
  assert.deepEqual([filed!.state, filed!.id], ["finished", submitted.body.incident.report.reportId]);

  const closed = await call("POST", `${path}/close`, { reason: "Done.", reinstate: ["uploader"] });
  assert.deepEqual([closed.status, closed.body.incident.state], [200, "closed"]);
  assert.equal((await rig.user(at.uploader)).status, "active");
  assert.equal((await call("POST", `${path}/close`, { reason: "Done." })).status, 409);
  assert.deepEqual(
    (await rig.auditEntries()).filter(({ actor }) => actor === "ann").map(({ action }) => action),
    [
      "incident.draft",
      "incident.export",
      "incident.submit",
      "incident.close",
    ],
  );
});

Deno.test("SC-6: what is wrong with a report stands in a header of plain ASCII", async () => {
  await using at = await flow();
  const path = `/${at.match.id}`;
  await at.call("PUT", `${path}/report`, draft);
  await at.rig.incidentStore.change(at.match.id, (record) => ({
    to: { ...record, report: { ...record.report!, reporter: "\n" } },
  }));
  const file = await at.request("GET", `${path}/report.xml`);
  assert.equal(file.status, 200);
  assert.equal(
    file.headers.get("behest-report-problems"),
    "report/reporter/reportingPerson/firstName: must not be empty",
  );
  await at.rig.jobs.runDue();
  const refused = await at.call("POST", `${path}/report`);
  assert.deepEqual([refused.status, refused.body.kind], [409, "conflict"]);
  assert.match(refused.body.detail, /firstName: must not be empty/);
  assert.equal(at.tipline.calls.length, 0);
});

Deno.test("SC-6: wrong bodies, queries and ids are refused one by one", async () => {
  await using at = await flow();
  const path = `/${at.match.id}`;
  const wrong: [status: number, method: string, path: string, body?: unknown][] = [
    [400, "GET", "?state=lost"],
    [400, "GET", "?limit=0"],
    [400, "GET", "?before=x"],
    [400, "GET", "?colour=red"],
    [404, "GET", `/${unknown}`],
    [404, "GET", "/x"],
    [404, "GET", `/${unknown}/report.xml`],
    [400, "PUT", `${path}/report`, {}],
    [400, "PUT", `${path}/report`, { incidentType: "Theft" }],
    [400, "PUT", `${path}/report`, { ...draft, escalate: "x".repeat(1001) }],
    [400, "PUT", `${path}/report`, { ...draft, picture: true }],
    [404, "PUT", `/${unknown}/report`, draft],
    [404, "POST", `/${unknown}/report`],
    [400, "POST", `${path}/close`, {}],
    [400, "POST", `${path}/close`, { reason: "" }],
    [400, "POST", `${path}/close`, { reason: "x", reinstate: ["stranger"] }],
    [404, "POST", `/${unknown}/close`, { reason: "x" }],
  ];
  for (const [status, method, where, body] of wrong) {
    assert.equal(
      (await at.call(method, where, body)).status,
      status,
      `${method} ${where} ${JSON.stringify(body)}`,
    );
  }
  assert.equal((await at.rig.auditEntries()).length, 1, "nothing was written");
});

Deno.test("SC-6, MO-4: for everybody else there is nothing at these addresses", async () => {
  await using at = await flow("member");
  const path = `/${at.match.id}`;
  const calls: [method: string, path: string, body?: unknown][] = [
    ["GET", ""],
    ["GET", "?state=lost"],
    ["GET", path],
    ["GET", `${path}/report.xml`],
    ["PUT", `${path}/report`, draft],
    ["PUT", `${path}/report`, { wrong: true }],
    ["POST", `${path}/report`],
    ["POST", `${path}/close`, { reason: "x" }],
  ];
  for (const as of [at.app.cookieOf("ann"), null]) {
    for (const [method, where, body] of calls) {
      const answer = await at.call(method, where, body, as);
      assert.deepEqual([answer.status, answer.body.detail], [404, "There is nothing at this address."]);
    }
  }
  assert.equal((await at.rig.auditEntries()).length, 1);
});

Deno.test("SC-5, SC-6: no route leads to the picture, for nobody", async () => {
  await using at = await flow("admin");
  await at.rig.jobs.runDue();
  const { id, sha256, files, bytes } = at.match;
  const paths = [
    `/${id}/evidence`,
    `/${id}/content`,
    `/${id}/file`,
    `/${id}/picture`,
    `/${id}/${files[0]!.id}`,
    `/${id}/${sha256}`,
    `/${id}.bin`,
    `/../../../evidence/${id}`,
  ];
  for (const path of paths) assert.equal((await at.request("GET", path)).status, 404, path);
  const needle = bytes.slice(0, 16).toHex();
  for (const path of ["", `/${id}`]) {
    const answer = await at.request("GET", path);
    assert.equal(answer.status, 200);
    assert.ok(!(await answer.bytes()).toHex().includes(needle));
  }
});
