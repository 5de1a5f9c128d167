/** A report as the service has it. */
export interface FiledReport {
  id: string;
  xml: string;
  state: "open" | "finished" | "retracted";
  files: { id: string; name: string; bytes: Uint8Array<ArrayBuffer>; details: string | null }[];
}

type Endpoint = "status" | "submit" | "upload" | "fileinfo" | "finish" | "retract";

/** Orders of the elements that matter, written down here once more so that the server's own table is checked by another. */
const orders: Readonly<Record<string, readonly string[]>> = {
  report: [
    "incidentSummary",
    "internetDetails",
    "lawEnforcement",
    "reporter",
    "personOrUserReported",
    "intendedRecipient",
    "victim",
    "additionalInfo",
  ],
  incidentSummary: [
    "incidentType",
    "platform",
    "escalateToHighPriority",
    "reportAnnotations",
    "incidentDateTime",
    "incidentDateTimeDescription",
  ],
  webPageIncident: ["url", "additionalInfo"],
  reporter: ["reportingPerson", "contactPerson", "companyTemplate", "termsOfService", "legalURL"],
  reportingPerson: ["firstName", "lastName", "phone", "email", "address"],
  personOrUserReported: [
    "personOrUserReportedPerson",
    "vehicleDescription",
    "espIdentifier",
    "espService",
    "compromisedAccount",
    "screenName",
    "displayName",
    "profileUrl",
    "profileBio",
    "ipCaptureEvent",
    "deviceId",
    "additionalInfo",
  ],
  ipCaptureEvent: ["ipAddress", "eventName", "dateTime", "possibleProxy", "port"],
  fileDetails: [
    "reportId",
    "fileId",
    "originalFileName",
    "uploadedToEspTimestamp",
    "locationOfFile",
    "fileViewedByEsp",
    "exifViewedByEsp",
    "publiclyAvailable",
    "fileRelevance",
    "fileAnnotations",
    "industryClassification",
    "originalFileHash",
    "ipCaptureEvent",
    "deviceId",
    "details",
    "additionalInfo",
  ],
};
const required: Readonly<Record<string, readonly string[]>> = {
  report: ["incidentSummary", "reporter"],
  incidentSummary: ["incidentType", "incidentDateTime"],
  reporter: ["reportingPerson"],
  ipCaptureEvent: ["ipAddress"],
  fileDetails: ["reportId", "fileId"],
};

/** One XML element of a document without surprises. */
export interface ReadElement {
  name: string;
  text: string;
  children: ReadElement[];
}

/** Reads a document; throws when it is not well-formed, or anything but elements with text. */
export function readXml(text: string): ReadElement {
  const root: ReadElement = { name: "", text: "", children: [] };
  const open = [root];
  let at = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(text)?.[0].length ?? -1;
  if (at === -1) throw new Error("no declaration");
  const token = /<(\/?)([A-Za-z0-9]+)((?:\s+[\w:]+="[^"<&]*")*)>|([^<]+)/y;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) throw new Error(`not well-formed at ${at}`);
    at = token.lastIndex;
    const [, closing, name, , characters] = found;
    const inside = open.at(-1)!;
    if (characters !== undefined) inside.text += unescaped(characters);
    else if (closing === "/") {
      if (open.pop()!.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const child = { name: name!, text: "", children: [] };
      inside.children.push(child);
      open.push(child);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("not one whole document");
  return root.children[0]!;
}

function unescaped(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what this looks for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) {
    throw new Error("not a character of XML");
  }
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#13": "\r" };
    if (!whole.endsWith(";") || named[name] === undefined) throw new Error(`a bare ${whole}`);
    return named[name];
  });
}

/** The first place where a document is not as the schema says, or null. */
function wrongIn(element: ReadElement): string | null {
  const order = orders[element.name];
  let furthest = 0;
  for (const child of element.children) {
    if (order !== undefined) {
      const at = order.indexOf(child.name);
      if (at < furthest) return `cvc-complex-type.2.4.a: Invalid content was found: ${child.name}`;
      furthest = at;
    }
    const wrong = wrongIn(child);
    if (wrong !== null) return wrong;
  }
  const missing = required[element.name]?.find((name) =>
    !element.children.some((child) => child.name === name)
  );
  return missing === undefined ? null : `${element.name} lacks ${missing}`;
}

/** NCMEC's CyberTipline as its documentation tells of it, on a port of this computer. */
export function cybertipService(credentials = { user: "esp", password: "secret" }) {
  const reports = new Map<string, FiledReport>();
  const calls: Endpoint[] = [];
  /** What a test has an endpoint do instead, once for each entry; `null` does what it does, and its answer breaks off. */
  const instead = new Map<Endpoint, (((request: Request) => Response | Promise<Response>) | null)[]>();
  let lastId = 4_564_653;

  function openReport(id: string): FiledReport | Response {
    const report = reports.get(id);
    if (report === undefined || report.state === "retracted") return answer(5001, "Report does not exist");
    return report.state === "finished" ? answer(5102, "Report already finished", id) : report;
  }

  async function handle(endpoint: Endpoint, request: Request): Promise<Response> {
    if (
      request.headers.get("authorization") !== `Basic ${btoa(`${credentials.user}:${credentials.password}`)}`
    ) {
      return new Response("", { status: 401 });
    }
    if ((request.method === "GET") !== (endpoint === "status")) return new Response("", { status: 405 });
    switch (endpoint) {
      case "status":
        return answer(0, `Remote User : ${credentials.user}, Remote Ip : 127.0.0.1`);
      case "submit": {
        const xml = await request.text();
        const wrong = wrongDocument(xml, "report", request);
        if (wrong !== null) return answer(4100, wrong);
        const id = String(++lastId);
        reports.set(id, { id, xml, state: "open", files: [] });
        return answer(0, "Success", id);
      }
      case "upload": {
        const form = await request.formData();
        const report = openReport(String(form.get("id")));
        if (report instanceof Response) return report;
        const file = form.get("file");
        if (!(file instanceof File)) return answer(4000, "No file");
        const id = `b0754af766b426f2928a02c651ed4b9${report.files.length}`;
        report.files.push({ id, name: file.name, bytes: await file.bytes(), details: null });
        return answer(
          0,
          "Success",
          report.id,
          `<fileId>${id}</fileId><hash>fafa5efeaf3cbe3b23b2748d13e629a1</hash>`,
        );
      }
      case "fileinfo": {
        const xml = await request.text();
        const wrong = wrongDocument(xml, "fileDetails", request);
        if (wrong !== null) return answer(4100, wrong);
        const text = (name: string) => readXml(xml).children.find((child) => child.name === name)!.text;
        const report = openReport(text("reportId"));
        if (report instanceof Response) return report;
        const file = report.files.find(({ id }) => id === text("fileId"));
        if (file === undefined) return answer(5002, "File does not exist");
        file.details = xml;
        return answer(0, "Success", report.id);
      }
      case "finish": {
        const report = openReport(String((await request.formData()).get("id")));
        if (report instanceof Response) return report;
        report.state = "finished";
        const files = report.files.map(({ id }) => `<fileId>${id}</fileId>`).join("");
        return xmlResponse(
          `<reportDoneResponse><responseCode>0</responseCode><reportId>${report.id}</reportId><files>${files}</files></reportDoneResponse>`,
        );
      }
      case "retract": {
        const report = openReport(String((await request.formData()).get("id")));
        if (report instanceof Response) return report;
        report.state = "retracted";
        return answer(0, "Success", report.id);
      }
      default:
        return endpoint satisfies never;
    }
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const endpoint = new URL(request.url).pathname.replace(/^\/ispws\//, "") as Endpoint;
    calls.push(endpoint);
    const other = instead.get(endpoint)?.shift();
    // A body that breaks off.
    if (other === undefined) {
      return await handle(endpoint, request).catch(() => new Response("", { status: 400 }));
    }
    if (other !== null) return await other(request);
    await handle(endpoint, request);
    return new Response("<reportDone");
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/ispws`,
    credentials,
    reports,
    calls,
    /** The next call of an endpoint is answered so. */
    instead(endpoint: Endpoint, other: ((request: Request) => Response | Promise<Response>) | null): void {
      instead.set(endpoint, [...instead.get(endpoint) ?? [], other]);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function wrongDocument(xml: string, root: string, request: Request): string | null {
  if (!/^(text|application)\/xml\b/.test(request.headers.get("content-type") ?? "")) return "not sent as XML";
  try {
    const read = readXml(xml);
    return read.name === root ? wrongIn(read) : `not a ${root}`;
  } catch (error) {
    return String(error);
  }
}

/** An answer with a code, as all endpoints but `finish` give it. */
export function answer(code: number, description: string, reportId?: string, more = ""): Response {
  const id = reportId === undefined ? "" : `<reportId>${reportId}</reportId>`;
  return xmlResponse(
    `<reportResponse><responseCode>${code}</responseCode><responseDescription>${description}</responseDescription>${id}${more}</reportResponse>`,
  );
}

export function xmlResponse(body: string, status = 200): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`, {
    status,
    headers: { "content-type": "text/xml;charset=utf-8", "request-id": "1f" },
  });
}
