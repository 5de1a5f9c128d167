/** An answer of the CyberTipline. */
export interface TiplineAnswer {
  code: number;
  description: string;
  reportId: string | null;
  fileId: string | null;
}

/** Largest answer that is read; real answers have some hundred bytes. */
export const answerBytes = 64 * 1024;
const descriptionLength = 200;

/**
 * Reads `<reportResponse>` and `<reportDoneResponse>`: a flat list of text elements, four of them used. Null for anything
 * else. Strict on purpose, without an XML parser: an answer that is not exactly this form must not count as filed.
 */
export function readAnswer(text: string): TiplineAnswer | null {
  const body =
    /^\uFEFF?\s*(?:<\?xml\s[^<>]*\?>\s*)?<(reportResponse|reportDoneResponse)(?:\s[^<>]*)?>([\s\S]*)<\/\1\s*>\s*$/
      .exec(text);
  // Comments, CDATA sections and document types can hide content.
  if (body === null || text.includes("<!") || !isFlat(body[2]!)) return null;
  const inside = body[2]!;
  const code = textOf(inside, "responseCode");
  const description = textOf(inside, "responseDescription");
  const reportId = textOf(inside, "reportId");
  const fileId = body[1] === "reportResponse" ? textOf(inside, "fileId") : null;
  if (code === null || code === undefined || !/^[0-9]{1,6}$/.test(code)) return null;
  if (description === undefined || reportId === undefined || fileId === undefined) return null;
  if (reportId !== null && !/^[0-9]{1,18}$/.test(reportId)) return null;
  if (fileId !== null && !/^[A-Za-z0-9._-]{1,200}$/.test(fileId)) return null;
  return { code: Number(code), description: readable(description ?? ""), reportId, fileId };
}

/** Whether every element is closed by its own name, in order. */
function isFlat(inside: string): boolean {
  const open: string[] = [];
  let at = 0;
  for (const tag of inside.matchAll(/<(\/?)([A-Za-z][\w.-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (inside.slice(at, tag.index).includes("<")) return false;
    at = tag.index + tag[0].length;
    if (tag[1] === "/") {
      if (open.pop() !== tag[2]) return false;
    } else if (tag[3] !== "/") open.push(tag[2]!);
  }
  return open.length === 0 && !inside.slice(at).includes("<");
}

/** Returns an element's text; null when it is missing, undefined when there are several. */
function textOf(inside: string, name: string): string | null | undefined {
  const found = [...inside.matchAll(new RegExp(`<${name}(?:\\s[^<>]*)?>([^<]*)</${name}\\s*>`, "g"))];
  if (found.length > 1) return undefined;
  return found[0]?.[1]?.trim() ?? null;
}

/** Makes the text safe for a message: decodes entities, removes control characters, shortens it. */
function readable(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => named[name]!)
    // deno-lint-ignore no-control-regex -- control characters are what this looks for
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .slice(0, descriptionLength);
}
