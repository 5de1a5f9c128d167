/** The answer when the bytes tell nothing. */
const unknown = "application/octet-stream";

/**
 * FI-4: returns a file's media type from its first bytes, never from what the client says. `isWhole`: the head is the whole
 * file.
 *
 * * Bytes with two readings, like a GIF with markup in it, get the type of their magic number. The download route decides by
 * this type what it shows inline, under a policy that runs no script.
 */
export async function mediaTypeOf(head: Uint8Array<ArrayBuffer>, isWhole: boolean): Promise<string> {
  const text = textOf(head, isWhole);
  const binary = await magicOf(head);
  if (text === null) return binary ?? unknown;
  // The magic numbers of these two are two letters, so text can begin with them. Their headers have zero bytes; text has none.
  if (binary === "image/bmp" || binary === "application/x-msdownload") return textType(text, isWhole);
  return binary === null || binary === "application/xml" ? textType(text, isWhole) : binary;
}

async function magicOf(head: Uint8Array<ArrayBuffer>): Promise<string | null> {
  // Loaded with the first upload, not at the start.
  const { fileTypeFromBuffer } = await import("file-type");
  try {
    const found = await fileTypeFromBuffer(head);
    // Some types have parameters, like the codec of an Ogg stream.
    const mime = found?.mime.split(";").at(0)?.trim().toLowerCase();
    return mime !== undefined && /^[a-z]+\/[a-z0-9][a-z0-9.+_-]*$/.test(mime) ? mime : null;
  } catch {
    // The parser throws on some broken files. Such a file can still be uploaded.
    return null;
  }
}

/** Bytes that no text contains: a "binary data byte" of WHATWG MIME Sniffing. */
// deno-lint-ignore no-control-regex -- control characters are what this looks for
const binaryCharacters = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;

/** Decodes the head as UTF-8, or as UTF-16 with a byte order mark; null when it is neither. */
function textOf(head: Uint8Array, isWhole: boolean): string | null {
  if (head.length === 0) return null;
  const encoding = head[0] === 0xff && head[1] === 0xfe
    ? "utf-16le"
    : head[0] === 0xfe && head[1] === 0xff
    ? "utf-16be"
    : "utf-8";
  try {
    // The head can end in the middle of a character.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !isWhole });
    return binaryCharacters.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Elements that a page without a doctype begins with. */
const pageStart =
  /^<(?:html|head|body|script|iframe|style|title|table|div|font|br|a|b|h1|p|img|object|embed|form|base|link|meta)(?=[\s>/])/i;

function textType(text: string, isWhole: boolean): string {
  const isXml = /^\s*<\?xml\s/.test(text);
  const { root, isHtml } = afterProlog(text);
  if (/^<svg(?=[\s>/:])|^<[A-Za-z_][\w.-]*:svg(?=[\s>/])/.test(root)) return "image/svg+xml";
  if (isXml) return /^<html(?=[\s>/])/.test(root) ? "application/xhtml+xml" : "application/xml";
  if (isHtml || pageStart.test(root)) return "text/html";
  return isJson(text, isWhole) ? "application/json" : "text/plain";
}

/** Skips white space, declaration, comments, instructions and document type; tells whether the document type is HTML's. */
function afterProlog(text: string): { root: string; isHtml: boolean } {
  let root = text.trimStart();
  let isHtml = false;
  while (true) {
    const end = endOfPart(root);
    if (end === null) return { root, isHtml };
    isHtml ||= /^<!doctype\s+html/i.test(root);
    root = root.slice(end).trimStart();
  }
}

function endOfPart(text: string): number | null {
  if (text.startsWith("<!--")) return endOf(text, "-->");
  if (text.startsWith("<?")) return endOf(text, "?>");
  return /^<!doctype/i.test(text) ? endOfDoctype(text) : null;
}

function endOf(text: string, mark: string): number | null {
  const at = text.indexOf(mark);
  return at === -1 ? null : at + mark.length;
}

/** A document type can contain declarations in brackets, each with its own `>`. */
function endOfDoctype(text: string): number | null {
  const close = text.indexOf(">");
  const open = text.indexOf("[");
  return open === -1 || close < open ? endOf(text, ">") : endOf(text, "]>") ?? endOf(text, "]\n>");
}

/** Whether the text is a JSON object or list; of a longer file, whether it begins like one. A lone number or word is text. */
function isJson(text: string, isWhole: boolean): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  if (!isWhole) return /^\s*(?:\{\s*"|\[\s*(?:["{[\d-]|true\b|false\b|null\b))/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
