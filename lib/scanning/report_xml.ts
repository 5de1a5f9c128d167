import { iso } from "../platform/mod.ts";
import type { Said } from "../protocol/mod.ts";
import type { IncidentRecord, IncidentReport, IncidentUpload } from "./evidence_ports.ts";
import { fileDetailsRule, isAddress, reportRule, schemaProblems, type XmlElement } from "./report_schema.ts";

/** Name of this service in reports. */
const service = "Behest";
/** Maximum number of the reported account's uploads, and of other accounts, in a report. */
const eventsNamed = 50;
const additionalInfoLength = 3000;
const schema = {
  "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
  "xsi:noNamespaceSchemaLocation": "https://report.cybertip.org/ispws/xsd",
};

/** A document as text, and its errors. */
export interface Checked {
  xml: string;
  problems: Said[];
}

/** Builds the CyberTipline report of an incident, in the order of NCMEC's schema. */
export function reportXml(
  incident: IncidentRecord,
  report: IncidentReport,
  uploads: readonly IncidentUpload[],
): Checked {
  const tree = element("report", [
    element("incidentSummary", [
      element("incidentType", report.incidentType),
      ...maybe("escalateToHighPriority", report.escalate),
      element("incidentDateTime", iso(uploads[0]?.atMs ?? incident.createdMs)),
    ]),
    element("internetDetails", [
      element("webPageIncident", [element("additionalInfo", "A file was uploaded to this service.")]),
    ]),
    element("reporter", [element("reportingPerson", [element("firstName", report.reporter)])]),
    ...reportedPerson(uploads),
    element("additionalInfo", additionalInfo(incident, report, uploads)),
  ]);
  return { xml: documentOf(tree), problems: schemaProblems(tree, reportRule) };
}

/** Builds the details of the uploaded file. No person viewed it: a service matched it. */
export function fileDetailsXml(
  incident: IncidentRecord,
  uploads: readonly IncidentUpload[],
  { reportId, fileId }: { reportId: string; fileId: string },
): Checked {
  const [first] = uploads;
  const names = [...new Set(uploads.slice(1).map(({ name }) => name))].filter((name) => name !== first?.name);
  const also = names.length === 0 ? null : shortened(`Also uploaded as: ${names.join("; ")}`);
  const tree = element("fileDetails", [
    element("reportId", reportId),
    element("fileId", fileId),
    ...maybe("originalFileName", first?.name ?? null),
    element("fileViewedByEsp", "false"),
    element("publiclyAvailable", "false"),
    { name: "originalFileHash", attributes: { hashType: "SHA256" }, content: incident.sha256 },
    ...uploads.slice(0, 1).flatMap(captured),
    element("additionalInfo", matchText(incident)),
    ...maybe("additionalInfo", also),
  ]);
  return { xml: documentOf(tree), problems: schemaProblems(tree, fileDetailsRule) };
}

/** A report names one account, the first uploader. Others are in `additionalInfo`. */
function reportedPerson(uploads: readonly IncidentUpload[]): XmlElement[] {
  const [first] = uploads;
  if (first === undefined) return [];
  const own = uploads.filter(({ userId }) => userId === first.userId);
  return [
    element("personOrUserReported", [
      element("espIdentifier", first.userId),
      element("espService", service),
      ...maybe("screenName", first.username),
      ...maybe("displayName", first.displayName),
      ...own.slice(0, eventsNamed).flatMap(captured),
    ]),
  ];
}

/** Behind some proxies the address is unknown. */
function captured({ address, atMs, port }: IncidentUpload): XmlElement[] {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  if (!isAddress(plain)) return [];
  return [
    element("ipCaptureEvent", [
      element("ipAddress", plain),
      element("eventName", "Upload"),
      element("dateTime", iso(atMs)),
      ...maybe("port", port === null ? null : String(port)),
    ]),
  ];
}

function additionalInfo(
  incident: IncidentRecord,
  report: IncidentReport,
  uploads: readonly IncidentUpload[],
): string {
  const [first] = uploads;
  const lines = report.additionalInfo === null ? [] : [report.additionalInfo];
  lines.push(`SHA-256 of the file: ${incident.sha256}, ${incident.sizeBytes} bytes, ${incident.type}.`);
  lines.push(matchText(incident));
  if (incident.repeat !== null) {
    lines.push(
      `The upload was refused, as the file was known from before. Attempts: ${incident.repeat.attempts}.`,
    );
  }
  const others = uploads.filter(({ userId }) => userId !== first?.userId);
  for (const { userId, username, atMs, address } of others) {
    lines.push(`Also uploaded by ${username} (${userId}) at ${iso(atMs)} from ${address}.`);
  }
  return shortened(lines.join("\n"));
}

function matchText({ provider, classification, matchType, reference, answer }: IncidentRecord): string {
  const parts = [`Matched by ${provider} as ${classification}`];
  if (matchType !== null) parts.push(`kind of match: ${matchType}`);
  if (reference !== null) parts.push(`reference: ${reference}`);
  if (answer !== "") parts.push(`answer: ${answer}`);
  return shortened(`${parts.join("; ")}. The file was not viewed by a person.`);
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= additionalInfoLength
    ? text
    : `${characters.slice(0, additionalInfoLength - 1).join("")}…`;
}

function element(name: string, content: XmlElement["content"]): XmlElement {
  return { name, content };
}

function maybe(name: string, text: string | null): XmlElement[] {
  return text === null || text === "" ? [] : [element(name, text)];
}

function documentOf(root: XmlElement): string {
  const named = { ...root, attributes: { ...schema, ...root.attributes } };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${textOf(named, "")}\n`;
}

function textOf({ name, attributes = {}, content }: XmlElement, indent: string): string {
  const open = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
  if (typeof content === "string") return `${indent}<${name}${open}>${escaped(content)}</${name}>`;
  const inside = content.map((child) => textOf(child, `${indent}  `));
  return [`${indent}<${name}${open}>`, ...inside, `${indent}</${name}>`].join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

/** Escapes text for an element or an attribute. Replaces characters that XML 1.0 does not allow. */
function escaped(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- control characters are what this looks for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"'\r]/g, (found) => entities[found]!);
}
