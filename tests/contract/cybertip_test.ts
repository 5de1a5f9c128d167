import { english, said } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { readAnswer } from "../../lib/adapters/cybertip/answers.ts";
import { CyberTipClient } from "../../lib/adapters/cybertip/client.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import type { TiplineFailure } from "../../lib/scanning/mod.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";
import { answer, cybertipService, xmlResponse } from "../fakes/cybertip_service.ts";
import { until } from "../fakes/until.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType><incidentDateTime>2026-01-01T00:00:00Z</incidentDateTime></incidentSummary><reporter><reportingPerson><firstName>mod</firstName></reportingPerson></reporter></report>`;

function rig(over: { user?: string; url?: string; log?: KeptLog } = {}) {
  const service = cybertipService();
  const clock = new FakeClock();
  const client = new CyberTipClient({
    url: over.url ?? service.url,
    user: over.user ?? service.credentials.user,
    password: service.credentials.password,
    clock,
    log: over.log ?? silentLog,
  });
  return { service, clock, client, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

function fileOf(bytes: Uint8Array<ArrayBuffer>, name = "evidence.png") {
  return { name, sizeBytes: bytes.length, open: () => Promise.resolve(new Blob([bytes]).stream()) };
}

function idOf(opened: { reportId: string } | TiplineFailure): string {
  assert.ok(!("failed" in opened), JSON.stringify(opened));
  return opened.reportId;
}

Deno.test("SC-6: a report is opened, filled and finished; the file arrives as it is", async () => {
  await using at = rig();
  assert.equal(await at.client.status(), true);
  const reportId = idOf(await at.client.submit(report));
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  // What would end the part, and a name that would leave its quotes.
  bytes.set(new TextEncoder().encode("\r\n--behest-\r\n"), 100);
  const uploaded = await at.client.upload(reportId, fileOf(bytes, 'a"\r\nb/../c.png'));
  assert.ok("fileId" in uploaded);
  const details = `<?xml version="1.0" encoding="UTF-8"?>
<fileDetails><reportId>${reportId}</reportId><fileId>${uploaded.fileId}</fileId></fileDetails>`;
  assert.equal(await at.client.fileInfo(details), true);
  assert.equal(await at.client.finish(reportId), true);
  const filed = at.service.reports.get(reportId)!;
  assert.deepEqual([filed.state, filed.xml, filed.files.length], ["finished", report, 1]);
  assert.deepEqual(filed.files[0]!.bytes, bytes);
  assert.equal(filed.files[0]!.name, "a___b_.._c.png");
  assert.equal(filed.files[0]!.details, details);
  assert.deepEqual(at.service.calls, ["status", "submit", "upload", "fileinfo", "finish"]);
});

Deno.test("SC-6: an empty file and one of many pieces arrive too", async () => {
  await using at = rig();
  const reportId = idOf(await at.client.submit(report));
  const large = new Uint8Array(5 * 1024 * 1024).fill(3);
  for (const bytes of [new Uint8Array(), large]) {
    assert.ok("fileId" in await at.client.upload(reportId, fileOf(bytes)));
  }
  assert.deepEqual(at.service.reports.get(reportId)!.files.map((file) => file.bytes.length), [
    0,
    large.length,
  ]);
});

Deno.test("SC-6: elements out of order are refused with 4100, and a code other than 0 is never success", async () => {
  await using at = rig();
  const wrong = report.replace(
    /(<incidentType>.*<\/incidentType>)(<incidentDateTime>.*<\/incidentDateTime>)/,
    "$2$1",
  );
  assert.notEqual(wrong, report);
  const refused = await at.client.submit(wrong);
  assert.ok("failed" in refused && refused.failed === "refused");
  assert.equal(refused.code, 4100);
  assert.match(refused.text, /Invalid content was found: incidentType/);
  assert.equal(at.service.reports.size, 0);
  for (const code of [1000, 2000, 3000, 4000, 4100, 5001, 1]) {
    at.service.instead("finish", () => answer(code, "no", "1"));
    assert.deepEqual(await at.client.finish("1"), { failed: "refused", code, text: "no" });
  }
});

Deno.test("SC-6: a finished report is not taken back, and one that is gone is told apart", async () => {
  await using at = rig();
  const [one, two] = [idOf(await at.client.submit(report)), idOf(await at.client.submit(report))];
  assert.equal(await at.client.retract(one), true);
  assert.deepEqual(await at.client.retract(one), {
    failed: "refused",
    code: 5001,
    text: "Report does not exist",
  });
  assert.equal(await at.client.finish(two), true);
  const again = await at.client.retract(two);
  assert.ok(again !== true && again.failed === "refused" && again.code === 5102);
});

const notUnderstood: [what: string, response: () => Response][] = [
  ["an empty body", () => new Response("")],
  ["no XML", () => new Response("<html><body>Maintenance</body></html>")],
  ["JSON", () => Response.json({ responseCode: 0 })],
  ["no code", () => xmlResponse("<reportResponse><reportId>7</reportId></reportResponse>")],
  [
    "a code that is no number",
    () => xmlResponse("<reportResponse><responseCode>success</responseCode></reportResponse>"),
  ],
  [
    "two codes",
    () =>
      xmlResponse(
        "<reportResponse><responseCode>0</responseCode><responseCode>1</responseCode></reportResponse>",
      ),
  ],
  [
    "a code in a comment",
    () => xmlResponse("<reportResponse><!-- <responseCode>0</responseCode> --></reportResponse>"),
  ],
  [
    "a document type",
    () => new Response("<!DOCTYPE x><reportResponse><responseCode>0</responseCode></reportResponse>"),
  ],
  ["another root", () => xmlResponse("<other><responseCode>0</responseCode></other>")],
  ["an end that is missing", () => xmlResponse("<reportResponse><responseCode>0</responseCode>")],
  [
    "elements that cross",
    () => xmlResponse("<reportResponse><a><responseCode>0</a></responseCode></reportResponse>"),
  ],
  ["bytes that are not UTF-8", () => new Response(new Uint8Array([60, 255, 62]))],
  [
    "something behind it",
    () => xmlResponse("<reportResponse><responseCode>0</responseCode></reportResponse>more"),
  ],
  [
    "too much",
    () => xmlResponse(`<reportResponse><responseCode>0</responseCode>${" ".repeat(70_000)}</reportResponse>`),
  ],
  ["500", () => new Response("oops", { status: 500 })],
  [
    "503 with a code 0",
    () => xmlResponse("<reportResponse><responseCode>0</responseCode></reportResponse>", 503),
  ],
  ["a redirect", () => new Response(null, { status: 302, headers: { location: "/ispws/status" } })],
];
for (const [what, response] of notUnderstood) {
  Deno.test(`SC-6: ${what} as an answer is no success`, async () => {
    await using at = rig();
    for (const endpoint of ["finish", "status"] as const) {
      at.service.instead(endpoint, response);
      const got = endpoint === "finish" ? await at.client.finish("1") : await at.client.status();
      assert.ok(got !== true && got.failed === "unavailable", JSON.stringify(got));
    }
  });
}

Deno.test("SC-6: an answer about another report, or without its number, is not understood", async () => {
  await using at = rig();
  at.service.instead("finish", () => answer(0, "Success", "999"));
  assert.deepEqual(await at.client.finish("1"), { failed: "unavailable", text: said("tipline.otherReport") });
  at.service.instead("submit", () => answer(0, "Success"));
  assert.deepEqual(await at.client.submit(report), { failed: "unavailable", text: said("tipline.noReport") });
  at.service.instead("submit", () => answer(0, "Success", "../../7"));
  const odd = await at.client.submit(report);
  assert.ok("failed" in odd && odd.failed === "unavailable");
});

Deno.test("SC-6: wrong credentials, nobody there and a cut line are told, without the password", async () => {
  const log = new KeptLog();
  {
    await using at = rig({ user: "somebody" });
    const refused = await at.client.status();
    assert.ok(refused !== true && refused.failed === "unavailable");
    assert.match(english(refused.text), /HTTP 401.*credentials/);
  }
  let url: string;
  {
    await using at = rig({ log });
    ({ url } = at.service);
    at.service.instead("finish", null);
    const cut = await at.client.finish(idOf(await at.client.submit(report)));
    assert.ok(cut !== true && cut.failed === "unavailable");
  }
  await using at = rig({ url, log });
  const nobody = await at.client.status();
  assert.ok(nobody !== true && nobody.failed === "unavailable");
  assert.ok(log.lines.length > 0);
  assert.ok(!JSON.stringify(log.lines).includes("secret"));
});

Deno.test("SC-6: a service that hangs is given up after 30 s, in the middle of an answer too", async () => {
  const starts: [string, () => Promise<Response>][] = [
    ["no answer", () => new Promise(() => {})],
    ["half an answer", () =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode("<report")),
          }),
        ),
      )],
  ];
  for (const [what, hang] of starts) {
    const at = rig();
    at.service.instead("status", hang);
    const asking = at.client.status();
    await until(() => at.service.calls.length === 1);
    at.clock.advance(29_999);
    assert.equal(await Promise.race([asking, Promise.resolve("waiting")]), "waiting", what);
    at.clock.advance(1);
    const given = await asking;
    assert.ok(
      given !== true && given.failed === "unavailable" && /did not answer/.test(english(given.text)),
      what,
    );
    assert.equal(at.clock.pending, 0);
    // A handler that never answers would hold up an orderly end.
    void at.service[Symbol.asyncDispose]();
  }
});

Deno.test("SC-6: evidence that breaks off in the middle is not taken for sent", async () => {
  await using at = rig();
  const reportId = idOf(await at.client.submit(report));
  let pulls = 0;
  const broken = () =>
    Promise.resolve(
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          if (pulls++ === 3) controller.error(new Error("changed in frame 3"));
          else controller.enqueue(new Uint8Array(100_000));
        },
      }),
    );
  const failed = await at.client.upload(reportId, { name: "x", sizeBytes: 1e6, open: broken });
  assert.ok("failed" in failed && failed.failed === "unavailable");
  const missing = () => Promise.reject(new Error("gone"));
  const gone = await at.client.upload(reportId, { name: "x", sizeBytes: 1, open: missing });
  assert.ok("failed" in gone && gone.failed === "unavailable");
  assert.equal(at.service.reports.get(reportId)!.files.length, 0);
});

Deno.test("SC-6: answers are read as they are documented", () => {
  const done =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<reportDoneResponse>\n  <responseCode>0</responseCode>\n  <reportId>4564654</reportId>\n  <files>\n    <fileId>b075</fileId>\n    <fileId>b076</fileId>\n  </files>\n</reportDoneResponse>\n';
  assert.deepEqual(readAnswer(done), { code: 0, description: "", reportId: "4564654", fileId: null });
  const response =
    "<reportResponse><responseCode>4100</responseCode><responseDescription>&lt;a&gt; &amp;lt; \u0007x</responseDescription></reportResponse>";
  assert.deepEqual(readAnswer(response), {
    code: 4100,
    description: "<a> &lt;  x",
    reportId: null,
    fileId: null,
  });
});
