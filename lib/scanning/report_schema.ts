import { incidentTypes, type Message, type Said, said, say } from "../protocol/mod.ts";

/** Element of a document. */
export interface XmlElement {
  name: string;
  attributes?: Readonly<Record<string, string>>;
  content: string | readonly XmlElement[];
}

/** Content of an element: text of a kind, or elements in this order. */
interface Rule {
  name: string;
  /** Allowed number of occurrences. */
  least: 0 | 1;
  most: 1 | "many";
  attributes?: Readonly<Record<string, RegExp>>;
  holds: TextRule | readonly Rule[];
}

interface TextRule {
  text: "any" | "boolean" | "number" | "time" | "port" | "address";
  /** Maximum length in characters. */
  most?: number;
  oneOf?: readonly string[];
}

const one = (name: string, holds: Rule["holds"]): Rule => ({ name, least: 1, most: 1, holds });
const maybe = (name: string, holds: Rule["holds"]): Rule => ({ name, least: 0, most: 1, holds });
const any = (name: string, holds: Rule["holds"]): Rule => ({ name, least: 0, most: "many", holds });
const upTo = (most: number): TextRule => ({ text: "any", most });

const ipCaptureEvent: readonly Rule[] = [
  one("ipAddress", { text: "address" }),
  maybe("eventName", {
    text: "any",
    oneOf: ["Login", "Registration", "Purchase", "Upload", "Other", "Unknown"],
  }),
  maybe("dateTime", { text: "time" }),
  maybe("possibleProxy", { text: "boolean" }),
  maybe("port", { text: "port" }),
];

const person: readonly Rule[] = [maybe("firstName", upTo(100)), maybe("lastName", upTo(100))];

/**
 * The part of the CyberTipline's schema that this server uses: names, order, lengths and values from NCMEC's documentation of
 * its Reporting API (https://report.cybertip.org/ispws/documentation). The CyberTipline refuses elements in another order
 * (4100).
 */
export const reportRule: Rule = one("report", [
  one("incidentSummary", [
    one("incidentType", { text: "any", oneOf: incidentTypes }),
    maybe("escalateToHighPriority", upTo(3000)),
    one("incidentDateTime", { text: "time" }),
  ]),
  any("internetDetails", [
    one("webPageIncident", [any("url", upTo(2083)), maybe("additionalInfo", upTo(3000))]),
  ]),
  one("reporter", [
    one("reportingPerson", person),
    maybe("contactPerson", person),
    maybe("companyTemplate", upTo(3000)),
    maybe("termsOfService", upTo(3000)),
    maybe("legalURL", upTo(2083)),
  ]),
  maybe("personOrUserReported", [
    maybe("espIdentifier", upTo(255)),
    maybe("espService", upTo(100)),
    maybe("screenName", upTo(256)),
    any("displayName", upTo(256)),
    any("profileUrl", upTo(2083)),
    any("ipCaptureEvent", ipCaptureEvent),
    maybe("additionalInfo", upTo(3000)),
  ]),
  maybe("additionalInfo", upTo(3000)),
]);

export const fileDetailsRule: Rule = one("fileDetails", [
  one("reportId", { text: "number" }),
  one("fileId", upTo(256)),
  maybe("originalFileName", upTo(2056)),
  maybe("fileViewedByEsp", { text: "boolean" }),
  maybe("publiclyAvailable", { text: "boolean" }),
  { ...any("originalFileHash", upTo(128)), attributes: { hashType: /^.{1,64}$/ } },
  maybe("ipCaptureEvent", ipCaptureEvent),
  any("additionalInfo", upTo(3000)),
]);

/** Returns the errors in a document, each with its place; an empty list for a valid one. */
export function schemaProblems(element: XmlElement, rule: Rule): Said[] {
  if (element.name !== rule.name) return [at(element.name, say("field.exactly", { value: rule.name }))];
  return problemsIn(element, rule, rule.name);
}

function problemsIn({ attributes = {}, content }: XmlElement, rule: Rule, path: string): Said[] {
  const problems = attributeProblems(attributes, rule.attributes ?? {}, path);
  if (isText(rule.holds)) {
    const problem = typeof content === "string" ? textProblem(content, rule.holds) : "field.text";
    return problem === null ? problems : [...problems, at(path, problem)];
  }
  if (typeof content === "string") return [...problems, at(path, "report.elements")];
  return [...problems, ...orderProblems(content, rule.holds, path)];
}

function orderProblems(elements: readonly XmlElement[], rules: readonly Rule[], path: string): Said[] {
  const problems: Said[] = [];
  const counts = new Map<string, number>();
  let furthest = 0;
  for (const element of elements) {
    const place = rules.findIndex(({ name }) => name === element.name);
    const inside = `${path}/${element.name}`;
    const rule = rules[place];
    if (rule === undefined) {
      problems.push(at(inside, "field.unknown"));
      continue;
    }
    if (place < furthest) problems.push(at(inside, say("report.order", { name: rules[furthest]!.name })));
    furthest = Math.max(furthest, place);
    const count = (counts.get(rule.name) ?? 0) + 1;
    counts.set(rule.name, count);
    if (rule.most === 1 && count === 2) problems.push(at(inside, "report.once"));
    problems.push(...problemsIn(element, rule, inside));
  }
  for (const { name, least } of rules) {
    if (least === 1 && !counts.has(name)) problems.push(at(`${path}/${name}`, "field.missing"));
  }
  return problems;
}

function attributeProblems(
  attributes: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, RegExp>>,
  path: string,
): Said[] {
  const problems: Said[] = [];
  for (const [name, pattern] of Object.entries(rules)) {
    if (!pattern.test(attributes[name] ?? "")) problems.push(at(path, say("report.attribute", { name })));
  }
  for (const name of Object.keys(attributes)) {
    if (!(name in rules)) problems.push(at(path, say("report.noAttribute", { name })));
  }
  return problems;
}

function at(path: string, reason: Message): Said {
  return say("report.problem", { path, reason: said(reason) });
}

function isText(holds: Rule["holds"]): holds is TextRule {
  return !Array.isArray(holds);
}

function textProblem(text: string, { text: kind, most, oneOf }: TextRule): Message | null {
  if (text.trim() === "") return "field.empty";
  if (most !== undefined && [...text].length > most) return say("field.long", { count: most });
  if (oneOf !== undefined && !oneOf.includes(text)) return say("field.oneOf", { values: oneOf.join("; ") });
  switch (kind) {
    case "any":
      return null;
    case "boolean":
      return text === "true" || text === "false" ? null : "field.yesNo";
    case "number":
      return /^[0-9]{1,18}$/.test(text) ? null : "field.whole";
    case "port":
      return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
        ? null
        : say("field.between", { from: 1, to: 65_535 });
    case "time":
      return isTime(text) ? null : "field.time";
    case "address":
      return isAddress(text) ? null : "field.address";
    default:
      return kind satisfies never;
  }
}

/** RFC 3339, with a time zone. */
function isTime(text: string): boolean {
  const form = /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (form === null) return false;
  const date = Date.parse(text);
  // `Date` reads a 31st of February as a day of March.
  return !Number.isNaN(date) &&
    new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)).getUTCDate() === Number(form[1]);
}

/** IPv4 with dots, or IPv6. */
export function isAddress(text: string): boolean {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)) return true;
  return text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
}
