import assert from "node:assert/strict";
import fc from "fast-check";
import { english, incidentTypes, Refusal, type ReportDraft } from "../../lib/protocol/mod.ts";
import type { IncidentRecord, IncidentReport, IncidentUpload } from "../../lib/scanning/mod.ts";
import {
  fileDetailsRule,
  reportRule,
  schemaProblems,
  type XmlElement,
} from "../../lib/scanning/report_schema.ts";
import { fileDetailsXml, reportXml } from "../../lib/scanning/report_xml.ts";
import { type ReadElement, readXml } from "../fakes/cybertip_service.ts";
import { incidentRig, kindOf, must } from "../fakes/incident_rig.ts";

const atMs = Date.UTC(2026, 0, 31, 18, 0, 0, 123);

const incident: IncidentRecord = {
  id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  state: "open",
  sha256: "ab".repeat(32),
  sizeBytes: 1234,
  type: "image/png",
  createdMs: atMs + 5000,
  provider: "arachnid",
  classification: "csam",
  matchType: "exact",
  reference: "ref-7",
  answer: "classification csam",
  evidence: "sealed",
  evidenceOf: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  holdUntilMs: atMs + 1e9,
  repeat: null,
  report: null,
  submission: null,
  closed: null,
};

const report: IncidentReport = {
  incidentType: incidentTypes[0],
  escalate: null,
  additionalInfo: null,
  updatedMs: atMs,
  updatedBy: "mod",
  reporter: "Mo Derator",
  submittedMs: null,
  reportId: null,
};

const upload: IncidentUpload = {
  fileId: "01ARZ3NDEKTSV4RRFFQ69G5FAW",
  name: "picture.png",
  userId: "01ARZ3NDEKTSV4RRFFQ69G5FAX",
  username: "ann",
  displayName: "Ann",
  atMs,
  address: "203.0.113.9",
  port: 40_001,
};

/** Texts of all elements of a name, in order. */
function texts(element: ReadElement, name: string): string[] {
  return [
    ...(element.name === name ? [element.text] : []),
    ...element.children.flatMap((child) => texts(child, name)),
  ];
}

Deno.test("SC-6: a report has NCMEC's elements in NCMEC's order", () => {
  const { xml, problems } = reportXml(incident, { ...report, escalate: "A child is in danger now." }, [
    upload,
    { ...upload, address: "::ffff:198.51.100.4", port: null, atMs: atMs + 1 },
    { ...upload, userId: "01ARZ3NDEKTSV4RRFFQ69G5FAY", username: "bob", address: "2001:db8::1" },
  ]);
  assert.deepEqual(problems, []);
  assert.equal(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
  <incidentSummary>
    <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
    <escalateToHighPriority>A child is in danger now.</escalateToHighPriority>
    <incidentDateTime>2026-01-31T18:00:00.123Z</incidentDateTime>
  </incidentSummary>
  <internetDetails>
    <webPageIncident>
      <additionalInfo>A file was uploaded to this service.</additionalInfo>
    </webPageIncident>
  </internetDetails>
  <reporter>
    <reportingPerson>
      <firstName>Mo Derator</firstName>
    </reportingPerson>
  </reporter>
  <personOrUserReported>
    <espIdentifier>01ARZ3NDEKTSV4RRFFQ69G5FAX</espIdentifier>
    <espService>Behest</espService>
    <screenName>ann</screenName>
    <displayName>Ann</displayName>
    <ipCaptureEvent>
      <ipAddress>203.0.113.9</ipAddress>
      <eventName>Upload</eventName>
      <dateTime>2026-01-31T18:00:00.123Z</dateTime>
      <port>40001</port>
    </ipCaptureEvent>
    <ipCaptureEvent>
      <ipAddress>198.51.100.4</ipAddress>
      <eventName>Upload</eventName>
      <dateTime>2026-01-31T18:00:00.124Z</dateTime>
    </ipCaptureEvent>
  </personOrUserReported>
  <additionalInfo>SHA-256 of the file: ${incident.sha256}, 1234 bytes, image/png.
Matched by arachnid as csam; kind of match: exact; reference: ref-7; answer: classification csam. The file was not viewed by a person.
Also uploaded by bob (01ARZ3NDEKTSV4RRFFQ69G5FAY) at 2026-01-31T18:00:00.123Z from 2001:db8::1.</additionalInfo>
</report>
`,
  );
});

Deno.test("SC-6: a file's details say that nobody viewed it, with hash and upload", () => {
  const { xml, problems } = fileDetailsXml(incident, [upload, { ...upload, name: "other.png" }], {
    reportId: "4564654",
    fileId: "b0754af7",
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(readXml(xml).children.map(({ name, text }) => [name, text.trim()]), [
    ["reportId", "4564654"],
    ["fileId", "b0754af7"],
    ["originalFileName", "picture.png"],
    ["fileViewedByEsp", "false"],
    ["publiclyAvailable", "false"],
    ["originalFileHash", incident.sha256],
    ["ipCaptureEvent", ""],
    [
      "additionalInfo",
      "Matched by arachnid as csam; kind of match: exact; reference: ref-7; answer: classification csam. The file was not viewed by a person.",
    ],
    ["additionalInfo", "Also uploaded as: other.png"],
  ]);
  assert.match(xml, /<originalFileHash hashType="SHA256">/);
});

Deno.test("SC-6: whatever people wrote comes out as text, never as elements", () => {
  const anything = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
  fc.assert(fc.property(anything, anything, anything, (name, displayName, info) => {
    const hostile = { ...upload, name, displayName };
    const written = reportXml(incident, { ...report, reporter: displayName, additionalInfo: info }, [
      hostile,
    ]);
    const read = readXml(written.xml);
    assert.deepEqual(read.children.map((child) => child.name), [
      "incidentSummary",
      "internetDetails",
      "reporter",
      "personOrUserReported",
      "additionalInfo",
    ]);
    const plain = (text: string) =>
      // deno-lint-ignore no-control-regex -- control characters are what this looks for
      text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
    assert.deepEqual(texts(read, "displayName"), [plain(displayName)]);
    const details = readXml(fileDetailsXml(incident, [hostile], { reportId: "1", fileId: "a" }).xml);
    assert.deepEqual(texts(details, "originalFileName"), [plain(name)]);
  }));
});

Deno.test("SC-6: a hostile name cannot end its element", () => {
  const name = `]]></originalFileName><fileViewedByEsp>true</fileViewedByEsp>&lt;<!--"'`;
  const { xml } = fileDetailsXml(incident, [{ ...upload, name }], { reportId: "1", fileId: "a" });
  const read = readXml(xml);
  assert.deepEqual(texts(read, "originalFileName"), [name]);
  assert.deepEqual(texts(read, "fileViewedByEsp"), ["false"]);
});

Deno.test("SC-6: what does not fit is shortened, an address that is none is left out", () => {
  const uploads = Array.from({ length: 200 }, (_, at) => ({
    ...upload,
    userId: `01ARZ3NDEKTSV4RRFFQ69G5${String(at).padStart(3, "0")}`,
    address: at === 0 ? "unknown" : "203.0.113.9",
  }));
  const { xml, problems } = reportXml(incident, { ...report, additionalInfo: "😀".repeat(1000) }, uploads);
  assert.deepEqual(problems, []);
  const read = readXml(xml);
  const [, info] = texts(read, "additionalInfo");
  assert.equal([...info!].length, 3000);
  assert.deepEqual(texts(read, "ipAddress"), []);
});

const el = (name: string, content: XmlElement["content"] = "x"): XmlElement => ({ name, content });
const summary = el("incidentSummary", [
  el("incidentType", incidentTypes[0]),
  el("incidentDateTime", "2026-01-31T18:00:00Z"),
]);
const reporter = el("reporter", [el("reportingPerson", [el("firstName", "Mo")])]);
const summaryWith = (...children: XmlElement[]) => el("report", [el("incidentSummary", children), reporter]);

const wrongReports: [problem: RegExp, report: XmlElement][] = [
  [/^rapport: must be report$/, el("rapport", [])],
  [/report\/incidentSummary: must be given/, el("report", [reporter])],
  [/report\/reporter: must be given/, el("report", [summary])],
  [/incidentSummary: must come before reporter/, el("report", [reporter, summary])],
  [/reporter: must be given only once/, el("report", [summary, reporter, reporter])],
  [/report\/picture: is not a known field/, el("report", [summary, reporter, el("picture")])],
  [/incidentType: must be given/, summaryWith(el("incidentDateTime", "2026-01-31T18:00:00Z"))],
  [
    /incidentType: must be one of: Child Porno/,
    summaryWith(el("incidentType", "Theft"), el("incidentDateTime", "2026-01-31T18:00:00Z")),
  ],
  [
    /escalateToHighPriority: must not be empty/,
    summaryWith(
      el("incidentType", incidentTypes[1]),
      el("escalateToHighPriority", " \n"),
      el("incidentDateTime"),
    ),
  ],
  [
    /escalateToHighPriority: must be at most 3000 characters/,
    summaryWith(
      el("incidentType", incidentTypes[1]),
      el("escalateToHighPriority", "x".repeat(3001)),
      el("incidentDateTime"),
    ),
  ],
  [/reporter: must have elements only/, el("report", [summary, el("reporter", "me")])],
  [
    /firstName: must be text/,
    el("report", [summary, el("reporter", [el("reportingPerson", [el("firstName", [])])])]),
  ],
  [/must not have the attribute lang/, { ...el("report", [summary, reporter]), attributes: { lang: "en" } }],
];
for (const [problem, wrong] of wrongReports) {
  Deno.test(`SC-6: the check of a report says ${problem.source}`, () => {
    const problems = schemaProblems(wrong, reportRule);
    assert.ok(problems.some((one) => problem.test(english(one))), problems.map(english).join("\n"));
  });
}

Deno.test("SC-6: times need a zone and a day that exists, ports and addresses are ones", () => {
  const capture = (...children: XmlElement[]) =>
    schemaProblems(
      el("report", [summary, reporter, el("personOrUserReported", [el("ipCaptureEvent", children)])]),
      reportRule,
    );
  const at = (text: string) => capture(el("ipAddress", "::1"), el("dateTime", text));
  for (const good of ["2026-01-31T18:00:00Z", "2026-01-31T18:00:00.5+02:00", "2024-02-29T00:00:00-07:00"]) {
    assert.deepEqual(at(good), [], good);
  }
  const badTimes = [
    "2026-01-31T18:00:00",
    "2026-02-29T18:00:00Z",
    "2026-01-31",
    "2026-13-01T00:00:00Z",
    "now",
  ];
  for (const bad of [...badTimes, "2026-01-31T25:00:00Z", "2026-01-31 18:00:00Z"]) {
    assert.match(at(bad).map(english).join(), /must be a time like/, bad);
  }
  for (const good of ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1", "::ffff:1.2.3.4"]) {
    assert.deepEqual(capture(el("ipAddress", good)), [], good);
  }
  for (const bad of ["256.1.1.1", "1.2.3", "1.2.3.4.", "localhost", ":::", "1.2.3.4:80", "g::1"]) {
    assert.match(capture(el("ipAddress", bad)).map(english).join(), /must be an IP address/, bad);
  }
  for (const bad of ["0", "65536", "-1", "http", "1.5"]) {
    assert.match(
      capture(el("ipAddress", "::1"), el("port", bad)).map(english).join(),
      /must be a whole number from 1 to 65535/,
      bad,
    );
  }
});

Deno.test("SC-6: a file's details need both numbers, truth values and the kind of the hash", () => {
  const problems = schemaProblems(
    el("fileDetails", [
      el("reportId", "one"),
      el("originalFileName", "x".repeat(2057)),
      el("fileViewedByEsp", "no"),
      el("originalFileHash", "abc"),
    ]),
    fileDetailsRule,
  );
  assert.deepEqual(problems.map(english), [
    "fileDetails/reportId: must be a whole number",
    "fileDetails/originalFileName: must be at most 2056 characters",
    "fileDetails/fileViewedByEsp: must be true or false",
    "fileDetails/originalFileHash: must have the attribute hashType",
    "fileDetails/fileId: must be given",
  ]);
});

const draft: ReportDraft = { incidentType: incidentTypes[0], escalate: "Now.", additionalInfo: " " };

Deno.test("SC-6, MO-3: drafting and viewing a report are in the audit log, with the change where there is one", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const { id } = await rig.matched([ann]);
  assert.equal(kindOf(await rig.incidents.report(mod, id)), "conflict", "there is nothing to view yet");
  const drafted = must(await rig.incidents.draft(mod, id, draft));
  assert.deepEqual(drafted.report, {
    incidentType: incidentTypes[0],
    escalate: "Now.",
    additionalInfo: null,
    updatedAt: new Date(rig.clock.now()).toISOString(),
    updatedBy: "mod",
    submittedAt: null,
    reportId: null,
  });
  const { xml, problems } = must(await rig.incidents.report(mod, id));
  assert.deepEqual(problems, []);
  const read = readXml(xml);
  assert.deepEqual(texts(read, "firstName"), ["mod & <co>"]);
  assert.deepEqual(texts(read, "espIdentifier"), [ann.userId]);
  const auditEntries = (await rig.auditEntries()).slice(1);
  assert.deepEqual(auditEntries.map(({ actor, action, subject }) => [actor, action, subject]), [
    ["mod", "incident.draft", `incident:${id}`],
    ["mod", "incident.export", `incident:${id}`],
  ]);
  assert.deepEqual(auditEntries[0]!.detail, { incidentType: incidentTypes[0], escalated: true });
});

Deno.test("SC-6: a closed incident takes no draft and no submission; without credentials nothing is submitted", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const { id } = await rig.matched([ann]);
  must(await rig.incidents.draft(mod, id, draft));
  const refused = await rig.incidents.submit(mod, id);
  assert.equal(kindOf(refused), "conflict");
  assert.match(
    refused instanceof Refusal ? english(refused.message) : "",
    /BEHEST_CYBERTIP_USER.*export/,
  );
  must(await rig.incidents.close(mod, id, { reason: "Done." }));
  assert.equal(kindOf(await rig.incidents.draft(mod, id, draft)), "conflict");
  assert.equal(kindOf(await rig.incidents.report(mod, id)), "answered", "it can still be viewed");
});
