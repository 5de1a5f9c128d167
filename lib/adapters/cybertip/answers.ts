/** What an answer of the CyberTipline says. */
export interface TiplineAnswer {
  code: number;
  description: string;
  reportId: string | null;
  fileId: string | null;
}

/** Largest answer that is read; real ones are some hundred bytes. */
export const answerBytes = 64 * 1024;
const descriptionLength = 200;

/**
 * Reads `<reportResponse>` and `<reportDoneResponse>`: a flat list of elements with text, of which four are asked for. Strict on
 * purpose, and no XML parser: what is not just this is not understood, and nothing that was not understood counts as filed.
 * Null then.
 */
export function readAnswer(text: string): TiplineAnswer | null {
  const body =
    /^\uFEFF?\s*(?:<\?xml\s[^<>]*\?>\s*)?<(reportResponse|reportDoneResponse)(?:\s[^<>]*)?>([\s\S]*)<\/\1\s*>\s*$/
      .exec(text);
  // Comments, CDATA sections and document types could hide anything.
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

/** Text of an element; null when there is none, undefined when there are several. */
function textOf(inside: string, name: string): string | null | undefined {
  const found = [...inside.matchAll(new RegExp(`<${name}(?:\\s[^<>]*)?>([^<]*)</${name}\\s*>`, "g"))];
  if (found.length > 1) return undefined;
  return found[0]?.[1]?.trim() ?? null;
}

/** As it may stand in a message: entities read, control characters gone, shortened. */
function readable(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => named[name]!)
    // deno-lint-ignore no-control-regex -- control characters are what this looks for
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .slice(0, descriptionLength);
}
